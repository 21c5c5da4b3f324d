import Jobs
import NN

/// The settings of the stage `cotrain`; every default stands here, for both presets.
struct CoTrainingSettings: Sendable {
  /// How the learning rate falls.
  enum RateRule: Sendable {
    case constant
    /// The published code: halved every so many epochs, the optimisers' memory lost each time.
    case halving(epochs: Int, forgets: Bool)
    /// SN-GAN: constant, then linearly to 0 from an epoch on.
    case linear(fromEpoch: Int)
  }

  let preset: Preset
  let network: NetworkKind
  let width: Int, batchNorm: Bool
  let weights: DiscriminatorWeights
  let attack: TrainingAttack?
  let epochs: Int, batch: Int, updatesPerGenerator: Int
  let rate: Float, beta1: Double, beta2: Double
  let rateRule: RateRule
  /// Share that the moving average of the generator keeps at each of its updates; 0 follows the generator itself.
  let averageKeep: Float
  let augmentation: Augmentation
  let samplesEvery: Int, sampleRows: Int
  /// Names of the classes that grids of samples show; nil for the first.
  let sampleClasses: [String]?
  let generatedLabels: LabelDistribution.Choice
  /// Images of train and of test whose local Lipschitz value is watched; 0 for none.
  let monitored: Int
  let seed: Int
  let convolution: ConvolutionMethod

  init(_ settings: inout SettingsReader) throws {
    let preset = try Preset(&settings)
    let published = preset == .asPublished
    self.preset = preset
    network = try NetworkKind(&settings, judging: true)
    width = try settings.integer("width", default: 64, in: NetworkShape.widths)
    batchNorm = network.allowsBatchNorm ? try settings.flag("batch_norm", default: published && network.publishedBatchNorm) : false
    weights = try DiscriminatorWeights(&settings, published: published)
    attack = try settings.attack(
      "attack",
      defaults: [
        "epsilon": published ? "0.015625" : "4/255", "steps": 5, "step": .string(published ? "0.0039" : StepSize.reaching.text),
        "random_start": .bool(!published), "objective": .string(BothHeadsObjective.name),
      ],
      "the attack on real images before the discriminator learns from them")
    epochs = try settings.integer("epochs", default: published ? 200 : 100, in: 1...100_000)
    batch = try settings.integer("batch", default: 64, in: 2...4096)
    updatesPerGenerator = try settings.integer("discriminator_updates", default: 5, in: 1...1000)
    rate = Float(try settings.number("rate", default: 2e-4, in: 0...10))
    beta1 = try settings.number("beta1", default: 0, in: 0...0.9999)
    beta2 = try settings.number("beta2", default: 0.9, in: 0...0.999999)
    rateRule = try Self.rateRule(&settings, published: published, epochs: epochs)
    averageKeep = Float(try settings.number("average", default: published ? 0 : 0.999, in: 0...0.999999))
    augmentation = try settings.section("augmentation") {
      try Augmentation(
        &$0, default: Augmentation(flips: true, shift: published ? 4 : 0, noise: published ? .asPublished : .dequantise))
    }
    samplesEvery = try settings.integer("samples_every", default: 10, in: 1...100_000)
    sampleRows = try settings.integer("sample_rows", default: 8, in: 1...100)
    sampleClasses = try settings.optionalTexts("sample_classes")
    guard sampleClasses.map({ (1...SampleGrid.mostClasses).contains($0.count) }) ?? true else {
      throw settings.error(at: "sample_classes", "'sample_classes' takes 1 to \(SampleGrid.mostClasses) classes")
    }
    generatedLabels = try LabelDistribution.Choice(&settings)
    monitored = try settings.integer("monitored", default: 200, in: 0...100_000)
    seed = try settings.integer("seed", default: 0, in: 0...Int.max)
    convolution = try ConvolutionMethod(&settings)
  }

  private static func rateRule(_ settings: inout SettingsReader, published: Bool, epochs: Int) throws -> RateRule {
    try settings.section("schedule") { reader in
      switch try reader.choice("kind", of: ["constant", "halving", "linear"], default: published ? "halving" : "linear") {
      case "halving":
        let every = try reader.integer("every", default: 50, in: 1...100_000)
        return .halving(epochs: every, forgets: try reader.flag("resets_optimiser", default: published))
      case "linear":
        return .linear(fromEpoch: try reader.integer("from", default: epochs / 2, in: 0...epochs))
      default:
        return .constant
      }
    }
  }

  /// The schedule in steps of the discriminator.
  func schedule(stepsPerEpoch: Int) -> Schedule {
    switch rateRule {
    case .constant: .constant
    case .halving(let every, _): .halving(every: every * stepsPerEpoch)
    case .linear(let from): .linear(start: from * stepsPerEpoch, end: epochs * stepsPerEpoch)
    }
  }

  func model(classes: [String]) -> ModelDescription {
    ModelDescription(
      network: network.name, width: width, batchNorm: batchNorm, classes: classes,
      conditionalMomentum: preset == .asPublished ? 0.9 : 0.1, samplesInTraining: preset == .asPublished)
  }
}

/// The two ways of doing the method: sound, or as the authors' code does it (docs/deviations.md).
enum Preset: String, CaseIterable {
  case corrected
  case asPublished = "as-published"

  init(_ settings: inout SettingsReader) throws {
    self = try settings.choice("preset", default: .corrected, "defaults: corrected, or as the published code has them (docs/deviations.md)")
  }
}

extension NetworkKind {
  /// Reads `network`. `judging`: only those that tell real from fake.
  init(_ settings: inout SettingsReader, judging: Bool) throws {
    let kinds = Networks.all.filter { !judging || $0.hasAdversarialHead && $0.generator != nil }
    let name = try settings.choice("network", of: kinds.map(\.name), default: kinds[0].name)
    self = kinds.first { $0.name == name } ?? kinds[0]
  }
}

extension DiscriminatorWeights {
  /// Reads `loss` and, under `weights`, the four weights whose defaults the loss gives.
  fileprivate init(_ settings: inout SettingsReader, published: Bool) throws {
    let name = try settings.choice("loss", of: DiscriminatorObjective.all.map(\.name), default: DiscriminatorObjective.split.name)
    let objective = DiscriminatorObjective.named(name) ?? .split
    let given = published ? objective.asPublished : objective.corrected
    self = try settings.section("weights") { reader in
      DiscriminatorWeights(
        realAdversarial: Float(try reader.number("real_adversarial", default: Double(given.realAdversarial), in: 0...1000)),
        realClass: Float(try reader.number("real_class", default: Double(given.realClass), in: 0...1000)),
        fakeAdversarial: Float(try reader.number("fake_adversarial", default: Double(given.fakeAdversarial), in: 0...1000)),
        fakeClass: Float(try reader.number("fake_class", default: Double(given.fakeClass), in: 0...1000)))
    }
  }
}

extension CoTrainingSettings {
  /// A fresh optimiser, the same kind for both players.
  var optimiser: any Optimiser { Adam(beta1: beta1, beta2: beta2) }
}
