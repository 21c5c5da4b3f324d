import IO
import Jobs
import NN

/// The stage `finetune`: adversarial training of a classifier, from a co-trained discriminator or from scratch (paper eq. 10).
///
/// From scratch with lambda 0 it is Madry's adversarial training, the baseline; with 0 attack steps, plain training.
public struct FineTune: Stage {
  public static let name = "finetune"
  public static let version = 1
  /// `discriminator`: whose weights to start from. `generator`: whose pictures to add, needed where lambda is above 0.
  public static let roles: [InputRole] = [.one("dataset"), .optional("discriminator"), .optional("generator")]

  private let settings: FineTuningSettings

  public init(_ settings: inout SettingsReader) throws { self.settings = try FineTuningSettings(&settings) }

  public func run(_ workspace: Workspace) throws {
    let dataset = try Dataset(artifact: workspace["dataset"])
    let backend = CPUBackend(threads: workspace.threads)
    let (description, model) = try start(workspace, dataset, backend)
    var run = try FineTuningRun(settings, dataset, description, model, fakes(workspace, dataset, backend))
    try run.drive(in: workspace, unit: "steps")
    for (name, bytes) in try run.results().sorted(by: { $0.key < $1.key }) { try workspace.write(name, bytes) }
  }

  private func start(
    _ workspace: Workspace, _ dataset: Dataset, _ backend: any Backend
  ) throws -> (ModelDescription, DiscriminatorModel) {
    let scratch = settings.scratch
    if let artifact = workspace.optional("discriminator") {
      guard scratch.network == nil, scratch.width == nil, scratch.batchNorm == nil else {
        throw StageError("'network', 'width' and 'batch_norm' come from the discriminator it starts with; remove them from the settings")
      }
      let description = try ModelDescription(of: artifact)
      try description.require(classes: dataset.classes, in: artifact)
      return (description, try DiscriminatorModel(description, artifact, member: artifact.weightsToStartFrom, on: backend))
    }
    guard let kind = Networks.named(scratch.network ?? Networks.names[0]) else { throw StageError("no network") }
    if scratch.batchNorm == true, !kind.allowsBatchNorm {
      throw StageError("the network '\(kind.name)' has no batch norm; remove 'batch_norm'")
    }
    let description = ModelDescription(
      network: kind.name, width: scratch.width ?? 64, batchNorm: scratch.batchNorm ?? false, classes: dataset.classes)
    let stream = RandomStream(seed: UInt64(settings.seed)).derived("finetune").derived("weights")
    return (description, DiscriminatorModel(kind.discriminator(description.shape), from: stream, on: backend))
  }

  private func fakes(_ workspace: Workspace, _ dataset: Dataset, _ backend: any Backend) throws -> FineTuningRun.FakeSource? {
    guard settings.lambda > 0 else { return nil }
    guard let artifact = workspace.optional("generator") else {
      throw StageError(
        "'lambda' is \(settings.lambda), which takes generated pictures; name a co-training stage under 'needs: {generator: …}'")
    }
    let description = try ModelDescription(of: artifact)
    try description.require(classes: dataset.classes, in: artifact)
    let model = try GeneratorModel(description, artifact, member: "generator-ema.safetensors", on: backend)
    return FineTuningRun.FakeSource(generator: model, phase: description.samplingPhase)
  }
}

extension Artifact {
  /// The discriminator of a co-training, or the best classifier of a fine-tuning.
  var weightsToStartFrom: String { has("discriminator.safetensors") ? "discriminator.safetensors" : "best.safetensors" }
}

extension ModelDescription {
  /// - Throws: `StageError` where the model was trained on other classes.
  func require(classes others: [String], in artifact: Artifact) throws(StageError) {
    guard classes == others else {
      throw StageError("'\(artifact.manifest.stage)' was trained on \(classes.count) classes, the data set has \(others.count), or others")
    }
  }
}
