import IO
import Jobs
import NN

/// Weights that somebody names: a safetensors file trained anywhere, with what it belongs to, or an artifact that says so itself.
public enum GivenModel: Sendable {
  case weights(FilePath, NetworkKind, NetworkShape)
  /// `member`: which weights of the artifact, such as `best`; nil for all its classifiers, or its averaged generator.
  case artifact(FilePath, member: String?)

  /// The classifiers. Nothing of a data set is needed yet: wrong weights are found before images are read.
  func classifiers(on backend: any Backend) throws -> GivenClassifiers {
    switch self {
    case .weights(let path, let kind, let shape):
      let state = try StateFile.read(path)
      let model = try DiscriminatorModel(kind.discriminator(shape), state, from: path, on: backend)
      return GivenClassifiers(
        kind: kind, width: shape.width, classes: shape.classes, names: nil, models: [(path.lastComponent?.stem ?? path.string, model)])
    case .artifact(let path, let member):
      let artifact = try Artifact(opening: path)
      let description = try ModelDescription(of: artifact)
      let weights = try member.map { [try Self.weights($0)] } ?? artifact.classifierWeights
      let models = try weights.map { ($0.rawValue, try DiscriminatorModel(description, artifact, weights: $0, on: backend)) }
      guard !models.isEmpty else { throw StageError("'\(path)' holds no classifier") }
      return GivenClassifiers(
        kind: try description.kind(), width: description.width, classes: description.classes.count, names: description.classes,
        models: models)
    }
  }

  /// The generator, its number of classes, and the phase it makes images in.
  public func generator(on backend: any Backend) throws -> (model: GeneratorModel, classes: Int, phase: Phase) {
    switch self {
    case .weights(let path, let kind, let shape):
      let state = try StateFile.read(path)
      let model = try GeneratorModel(kind.makeGenerator(shape), state, from: path, on: backend)
      return (model, shape.classes, .inference)
    case .artifact(let path, let member):
      let artifact = try Artifact(opening: path)
      let description = try ModelDescription(of: artifact)
      let model = try GeneratorModel(description, artifact, weights: member.map(Self.weights) ?? .average, on: backend)
      return (model, description.classes.count, description.samplingPhase)
    }
  }

  private static func weights(_ name: String) throws(StageError) -> WeightsName {
    guard let weights = WeightsName(rawValue: name) else {
      throw StageError("no artifact has weights named '\(name)'; known: \(WeightsName.allCases.map(\.rawValue).joined(separator: ", "))")
    }
    return weights
  }
}

/// Classifiers that somebody named, and what they are.
struct GivenClassifiers {
  let kind: NetworkKind
  let width: Int
  /// How many classes they know, and their names where the weights come from an artifact.
  let classes: Int, names: [String]?
  /// By the name they are reported under.
  let models: [(name: String, model: DiscriminatorModel)]

  /// The images at the network's size.
  /// - Throws: `StageError` where the images are of other classes than the network's, or too small for it.
  func fitted(_ dataset: Dataset) throws(StageError) -> Dataset {
    guard classes == dataset.classes.count else {
      throw StageError(
        "the network has \(classes) classes, the data set \(dataset.classes.count); take other data, or --classes \(dataset.classes.count)")
    }
    if let names, names != dataset.classes { throw StageError("the network was trained on classes of other names than the data set's") }
    return try dataset.fitted(to: kind)
  }
}
