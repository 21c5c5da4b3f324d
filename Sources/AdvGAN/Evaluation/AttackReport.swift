import IO
import Jobs
import NN

/// A measurement outside of a job: `advgan-job attack`.
public enum AttackReport {
  /// The record of `evaluation.json` for a data set and weights that somebody names.
  public static func measure(
    _ given: GivenModel, data: FilePath, plan: EvaluationPlan, on backend: any Backend, progress: any ProgressReporter
  ) throws -> JSON {
    let classifiers = try given.classifiers(on: backend)
    let dataset = try classifiers.fitted(Datasets.open(data, only: Set(plan.splits), undivided: plan.splits.first ?? .test))
    var run = try EvaluationRun(plan, dataset, classifiers.models)
    while run.done < run.total {
      progress.report(run.done, of: run.total, unit: "batches", note: run.note)
      try run.advance()
    }
    return try run.record(network: classifiers.kind.name, width: classifiers.width)
  }
}
