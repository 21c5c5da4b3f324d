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
      let state = try StateFile.decoded(SafetensorsFile(reading: path))
      let model = try DiscriminatorModel(kind.discriminator(shape), state, from: path, on: backend)
      return (kind, shape.width, [(path.lastComponent?.stem ?? path.string, model)])
    case .artifact(let path, let member):
      let artifact = try Artifact(opening: path)
      let description = try ModelDescription(of: artifact)
      try description.require(classes: classes, in: artifact)
      let names = try member.map { [try Self.weights($0)] } ?? artifact.classifierWeights
      let models = try names.map { ($0.rawValue, try DiscriminatorModel(description, artifact, weights: $0, on: backend)) }
      guard !models.isEmpty else { throw StageError("'\(path)' holds no classifier") }
      return (try description.kind(), description.width, models)
    }
  }

  /// The generator, its number of classes, and the phase it makes pictures in.
  public func generator(on backend: any Backend) throws -> (model: GeneratorModel, classes: Int, phase: Phase) {
    switch self {
    case .weights(let path, let kind, let shape):
      let state = try StateFile.decoded(SafetensorsFile(reading: path))
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
