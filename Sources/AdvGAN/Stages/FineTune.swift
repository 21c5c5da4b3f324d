import IO
import Jobs
import NN

/// The stage `finetune`: adversarial training of a classifier, from a co-trained discriminator or from scratch (paper eq. 10).
///
/// From scratch with lambda 0 it is Madry's adversarial training, the baseline; without an attack, plain training.
public struct FineTune: Stage {
  public static let name = "finetune"
  public static let summary = "adversarial training of a classifier, from a co-trained discriminator or from scratch"
  public static let version = 1
  /// `discriminator`: whose weights to start from. `generator`: whose images to add, needed where lambda is above 0.
  public static let roles: [InputRole] = [.one("dataset"), .optional("discriminator"), .optional("generator")]

  private let settings: FineTuningSettings

  public init(_ settings: inout SettingsReader) throws { self.settings = try FineTuningSettings(&settings) }

  public func check(needs: [String: [String]], upstream: () -> Set<String>) throws(StageError) {
    let scratch = settings.scratch
    if needs["discriminator"] != nil {
      guard scratch.network == nil, scratch.width == nil, scratch.batchNorm == nil else {
        throw StageError("'network', 'width' and 'batch_norm' come from the discriminator it starts with; remove them")
      }
    } else if scratch.batchNorm == true, !network.allowsBatchNorm {
      throw StageError("the network '\(network.name)' has no batch norm; remove 'batch_norm'")
    }
    guard settings.lambda == 0 || needs["generator"] != nil else {
      throw StageError("'lambda' is \(settings.lambda), which takes generated images; name a cotrain stage as 'generator' under 'needs'")
    }
  }

  /// The network of a training from scratch.
  private var network: NetworkKind { settings.scratch.network.flatMap(Networks.named) ?? Networks.resnet32 }

  public func run(_ workspace: Workspace) throws {
    let dataset = try Dataset(artifact: workspace["dataset"])
    let backend = try workspace.backend(settings.convolution)
    let (description, model) = try start(workspace, dataset, backend)
    var run = try FineTuningRun(settings, dataset, description, model, fakes(workspace, dataset, backend))
    defer { workspace.log(run.batches.waiting) }
    try run.drive(in: workspace, unit: "steps")
    for (name, bytes) in try run.results().sorted(by: { $0.key < $1.key }) { try workspace.write(name, bytes) }
  }

  private func start(_ workspace: Workspace, _ dataset: Dataset, _ backend: any Backend) throws -> (ModelDescription, DiscriminatorModel) {
    if let artifact = workspace.optional("discriminator") {
      let description = try ModelDescription(of: artifact)
      try description.require(classes: dataset.classes, in: artifact)
      return (description, try DiscriminatorModel(description, artifact, weights: artifact.weightsToStartFrom, on: backend))
    }
    let scratch = settings.scratch
    let description = ModelDescription(
      network: network.name, width: scratch.width ?? 64, batchNorm: scratch.batchNorm ?? false, classes: dataset.classes)
    let stream = RandomStream(seed: UInt64(settings.seed)).derived("finetune").derived("weights")
    return (description, DiscriminatorModel(network.discriminator(description.shape), from: stream, on: backend))
  }

  private func fakes(_ workspace: Workspace, _ dataset: Dataset, _ backend: any Backend) throws -> ClassifierTraining.FakeSource? {
    guard settings.lambda > 0, let artifact = workspace.optional("generator") else { return nil }
    let description = try ModelDescription(of: artifact)
    try description.require(classes: dataset.classes, in: artifact)
    let model = try GeneratorModel(description, artifact, weights: .average, on: backend)
    return ClassifierTraining.FakeSource(generator: model, phase: description.samplingPhase)
  }
}
