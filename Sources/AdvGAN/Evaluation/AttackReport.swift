import IO
import Jobs
import NN

/// A measurement outside of a job: `advgan-job attack`.
public enum AttackReport {
  /// The record of `evaluation.json` for a data set and weights that somebody names.
  public static func measure(
    _ given: GivenModel, data: FilePath, plan: EvaluationPlan, threads: Int, progress: any ProgressReporter
  ) throws -> JSON {
    let undivided = plan.splits.first ?? .test
    let dataset = try Datasets.open(data, only: Set(plan.splits), undivided: undivided)
    let backend = CPUBackend(threads: threads)
    let (kind, width, models) = try given.classifiers(classes: dataset.classes, on: backend)
    try dataset.requireSide(of: kind)
    var run = try EvaluationRun(plan, dataset, models)
    while run.done < run.total {
      progress.report(run.done, of: run.total, unit: "batches", note: run.note)
      try run.advance()
    }
    return try run.record(network: kind.name, width: width)
  }
}
