import Jobs
import NN

/// The settings of the stage `finetune`; every default stands here, for both presets.
struct FineTuningSettings: Sendable {
  enum Rule: Sendable {
    case sgd(momentum: Float, decay: Float)
    case adam(beta1: Double, beta2: Double, decay: Float)
  }

  enum RateRule: Sendable {
    /// Epochs, each at its rate. The published code starts a new optimiser with each.
    case stages([(epochs: Int, rate: Double)], forgets: Bool)
    /// Up from 0 to the rate at an epoch, then down to 0 at the end.
    case oneCycle(rate: Double, peakEpoch: Double, epochs: Int)
  }

  /// What a network that starts from scratch is; nil fields take the defaults, and all must be nil where a discriminator is given.
  struct Scratch: Sendable {
    let network: String?, width: Int?, batchNorm: Bool?
  }

  let preset: Preset
  let scratch: Scratch
  let lambda: Float
  let attack: TrainingAttack?
  let rule: Rule, rateRule: RateRule
  let batch: Int
  let augmentation: Augmentation
  /// The attack that the validation images meet once an epoch.
  let validation: TrainingAttack?
  let validationImages: Int
  /// Ends the training after so many epochs without a better validation result; 0 never.
  let patience: Int
  let generatedLabels: LabelDistribution.Choice
  let monitored: Int
  let seed: Int
  let convolution: ConvolutionMethod

  init(_ settings: inout SettingsReader) throws {
    let preset = try Preset(&settings)
    let published = preset == .asPublished
    self.preset = preset
    scratch = Scratch(
      network: try settings.optionalChoice("network", of: Networks.names),
      width: try settings.optionalInteger("width", in: NetworkShape.widths), batchNorm: try settings.optionalFlag("batch_norm"))
    lambda = Float(try settings.number("lambda", default: 0, in: 0...100))
    let attack = try settings.attack(
      "attack",
      defaults: [
        "epsilon": published ? "0.015625" : "8/255", "steps": published ? 5 : 10,
        "step": .string((published ? .share(1) : StepSize.reaching).text), "random_start": .bool(!published),
      ],
      "the attack on images before the classifier learns from them")
    self.attack = attack
    rule = try Self.rule(&settings, published: published)
    rateRule = try Self.rateRule(&settings, published: published)
    batch = try settings.integer("batch", default: 128, in: 2...4096)
    augmentation = try settings.section("augmentation") {
      try Augmentation(&$0, default: Augmentation(flips: true, shift: 4, noise: .none))
    }
    validation = try settings.attack(
      "validation_attack",
      defaults: [
        "epsilon": .string((attack?.threat.radius ?? Epsilon(onUnitScale: 8.0 / 255)).text), "random_start": .bool(!published),
        "counted": .string(IterateRule.last.rawValue),
      ],
      isNone: attack == nil, "the attack that validation images meet once an epoch, to select the best one")
    validationImages = try settings.integer("validation_images", default: 1000, in: 1...1_000_000)
    patience = try settings.integer("patience", default: 0, in: 0...100_000)
    generatedLabels = try LabelDistribution.Choice(&settings)
    monitored = try settings.integer("monitored", default: 200, in: 0...100_000)
    seed = try settings.integer("seed", default: 0, in: 0...Int.max)
    convolution = try ConvolutionMethod(&settings)
  }

  private static func rule(_ settings: inout SettingsReader, published: Bool) throws -> Rule {
    try settings.section("optimiser") { reader in
      let kind = try reader.choice("kind", of: ["sgd", "adam"], default: "adam")
      let decay = Float(try reader.number("weight_decay", default: kind == "sgd" ? 5e-4 : 0, in: 0...10))
      guard kind == "sgd" else {
        return .adam(
          beta1: try reader.number("beta1", default: 0.9, in: 0...0.9999),
          beta2: try reader.number("beta2", default: 0.999, in: 0...0.999999), decay: decay)
      }
      return .sgd(momentum: Float(try reader.number("momentum", default: 0.9, in: 0...0.9999)), decay: decay)
    }
  }

  private static func rateRule(_ settings: inout SettingsReader, published: Bool) throws -> RateRule {
    try settings.section("schedule") { reader in
      guard try reader.choice("kind", of: ["stages", "one-cycle"], default: published ? "stages" : "one-cycle") == "stages" else {
        let epochs = try reader.integer("epochs", default: 30, in: 1...100_000)
        let rate = try reader.number("rate", default: 1e-3, in: 0...10)
        return .oneCycle(
          rate: rate, peakEpoch: try reader.number("peak", default: Double(epochs) * 0.4, in: 0...Double(epochs)), epochs: epochs)
      }
      let given = try reader.sections("stages") { stage in
        (epochs: try stage.integer("epochs", in: 1...100_000), rate: try stage.number("rate", in: 0...10))
      }
      let forgets = try reader.flag("resets_optimiser", default: published)
      return .stages(given.isEmpty ? [(20, 1e-3), (20, 1e-4), (10, 1e-5), (10, 1e-6)] : given, forgets: forgets)
    }
  }

  var epochs: Int {
    switch rateRule {
    case .stages(let stages, _): stages.reduce(0) { $0 + $1.epochs }
    case .oneCycle(_, _, let epochs): epochs
    }
  }

  /// The learning rates in steps, as factors of `baseRate`.
  func schedule(stepsPerEpoch: Int) -> Schedule {
    switch rateRule {
    case .stages(let stages, _): .stages(stages.map { RateStage(steps: $0.epochs * stepsPerEpoch, factor: Float($0.rate)) })
    case .oneCycle(_, let peak, let epochs): .oneCycle(peak: Int(peak * Double(stepsPerEpoch)), end: epochs * stepsPerEpoch)
    }
  }

  var baseRate: Float {
    switch rateRule {
    case .stages: 1
    case .oneCycle(let rate, _, _): Float(rate)
    }
  }

  /// A fresh optimiser.
  var optimiser: any Optimiser {
    switch rule {
    case .sgd(let momentum, let decay): SGD(momentum: momentum, decay: decay)
    case .adam(let beta1, let beta2, let decay): Adam(beta1: beta1, beta2: beta2, decay: decay)
    }
  }
}
