import IO
import Jobs
import NN

/// Weights that somebody names: a safetensors file trained anywhere, with what it belongs to, or an artifact that says so itself.
public enum GivenModel: Sendable {
  case weights(FilePath, NetworkKind, NetworkShape)
  /// `member`: which weights of the artifact, such as `best`; nil for all its classifiers, or its averaged generator.
  case artifact(FilePath, member: String?)

  /// The classifiers, by the name they are reported under, and what they are.
  ///
  /// `classes`: the names of the data set's classes, whose number must be the network's.
  public func classifiers(
    classes: [String], on backend: any Backend
  ) throws -> (kind: NetworkKind, width: Int, models: [(name: String, model: DiscriminatorModel)]) {
    switch self {
    case .weights(let path, let kind, let shape):
      guard shape.classes == classes.count else {
        throw StageError(
          "the network has \(shape.classes) classes, the data set \(classes.count); set --classes \(classes.count), or take other data")
      }
      var model = DiscriminatorModel(kind.discriminator(shape), from: RandomStream(seed: 0), on: backend)
      try model.parameters.load(StateFile.decoded(SafetensorsFile(reading: path)), from: path)
      return (kind, shape.width, [(path.lastComponent?.stem ?? path.string, model)])
    case .artifact(let path, let member):
      let artifact = try Artifact(opening: path)
      let description = try ModelDescription(of: artifact)
      try description.require(classes: classes, in: artifact)
      let names = member.map { [$0] } ?? artifact.classifierWeights
      let models = try names.map { ($0, try DiscriminatorModel(description, artifact, member: $0 + ".safetensors", on: backend)) }
      guard !models.isEmpty else { throw StageError("'\(path)' holds no classifier") }
      return (try description.kind(), description.width, models)
    }
  }

  /// The generator, its number of classes, and the phase it makes pictures in.
  public func generator(on backend: any Backend) throws -> (model: GeneratorModel, classes: Int, phase: Phase) {
    switch self {
    case .weights(let path, let kind, let shape):
      guard let make = kind.generator else { throw StageError("the network '\(kind.name)' has no generator") }
      var model = GeneratorModel(make(shape), from: RandomStream(seed: 0), on: backend)
      try model.parameters.load(StateFile.decoded(SafetensorsFile(reading: path)), from: path)
      return (model, shape.classes, .inference)
    case .artifact(let path, let member):
      let artifact = try Artifact(opening: path)
      let description = try ModelDescription(of: artifact)
      let model = try GeneratorModel(description, artifact, member: (member ?? "generator-ema") + ".safetensors", on: backend)
      return (model, description.classes.count, description.samplingPhase)
    }
  }
}

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
