import IO
import Jobs
import NN

/// What the weights in an artifact belong to: its member `model.json`.
struct ModelDescription: Codable, Equatable {
  static let memberName = "model.json"

  var format = 1
  var network: String
  var width: Int
  var batchNorm: Bool
  /// Names of the classes, in order of their labels.
  var classes: [String]
  /// See `NetworkShape`; matters to a generator in training only.
  var conditionalMomentum: Float
  /// The phase that images are made in: the published code leaves its generator in training, so that an image depends on its batch.
  var samplesInTraining: Bool

  private enum CodingKeys: String, CodingKey {
    case format, network, width, classes
    case batchNorm = "batch_norm"
    case conditionalMomentum = "conditional_momentum"
    case samplesInTraining = "samples_in_training"
  }

  var shape: NetworkShape {
    NetworkShape(width: width, classes: classes.count, batchNorm: batchNorm, conditionalMomentum: conditionalMomentum)
  }

  /// The phase that images are made in.
  var samplingPhase: Phase { samplesInTraining ? .training : .inference }

  /// - Throws: `StageError` where this program has no network of that name.
  func kind() throws(StageError) -> NetworkKind {
    guard let kind = Networks.named(network) else {
      throw StageError("there is no network '\(network)'; known: \(Networks.names.joined(separator: ", "))")
    }
    return kind
  }

  func encoded() throws -> [UInt8] { try CanonicalJSON.encode(self) }

  init(network: String, width: Int, batchNorm: Bool, classes: [String], conditionalMomentum: Float = 0.1, samplesInTraining: Bool = false) {
    (self.network, self.width, self.batchNorm, self.classes) = (network, width, batchNorm, classes)
    (self.conditionalMomentum, self.samplesInTraining) = (conditionalMomentum, samplesInTraining)
  }

  /// Reads the member of an artifact.
  /// - Throws: `StageError` for an artifact without a network, `FileError` for a damaged member.
  init(of artifact: Artifact) throws {
    guard artifact.has(Self.memberName) else {
      throw StageError(
        "'\(artifact.manifest.stage)' is an artifact of '\(artifact.manifest.run)' and holds no network; name one of cotrain or finetune")
    }
    let reading = MemberReading(artifact: artifact.path, member: Self.memberName, madeBy: artifact.manifest.stage)
    let bytes = try artifact.bytes(of: Self.memberName)
    try reading.checkFormat(of: bytes)
    self = try reading.decode(bytes)
    try reading.check(
      NetworkShape.widths.contains(width), at: "width", expected: "a width of 1 to \(NetworkShape.widths.upperBound)", found: "\(width)")
    try reading.check(
      NetworkShape.classCounts.contains(classes.count), at: "classes", expected: "at least one class", found: "\(classes.count)")
  }
}
