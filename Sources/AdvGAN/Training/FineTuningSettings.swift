import Jobs
import NN

/// The settings of the stage `finetune`; every default stands here, for both presets.
struct FineTuningSettings: Sendable {
  /// What a network that starts from scratch is; nil fields take the defaults, and all must be nil where a discriminator is given.
  struct Scratch: Sendable {
    let network: String?, width: Int?, batchNorm: Bool?
  }

  let preset: Preset
  let scratch: Scratch
  let loss: any RobustLoss
  let lambda: Float
  let attack: TrainingAttack?
  let plan: TrainingPlan
  let optimiser: any OptimiserChoice
  /// The attack that the validation images meet once an epoch.
  let validation: TrainingAttack?
  let validationImages: Int
  /// Ends the training after so many epochs without a better validation result; 0 never.
  let patience: Int
  let generatedLabels: LabelDistribution.Choice
  let monitor: Monitor
  let seed: Int
  let convolution: ConvolutionMethod

  init(_ settings: inout SettingsReader) throws {
    let preset = try Preset(&settings)
    let published = preset == .asPublished
    self.preset = preset
    scratch = Scratch(
      network: try settings.optionalChoice("network", of: Networks.names, "architecture of a training from scratch; by default resnet32"),
      width: try settings.optionalInteger(
        "width", in: NetworkShape.widths, "channels of the narrowest block of a training from scratch; by default 64"),
      batchNorm: try settings.optionalFlag("batch_norm", "batch norm in a training from scratch; by default none"))
    loss = try settings.choose("loss", from: RobustLosses.all, default: RobustCrossEntropy.self, "what the classifier minimises")
    lambda = Float(try settings.number("lambda", default: 0, in: 0...100, "weight of generated images (paper eq. 10)"))
    let attack = try settings.attack(
      "attack",
      defaults: [
        "epsilon": published ? "0.015625" : "8/255", "steps": published ? 5 : 10,
        "step": .string((published ? .share(1) : StepSize.reaching).text), "random_start": .bool(!published),
      ], "the attack on images before the classifier learns from them")
    self.attack = attack
    plan = try TrainingPlan(
      &settings,
      default: .init(
        epochs: published ? 60 : 30, batch: 128, rate: 1e-3, schedule: published ? MultiStepSchedule.self : OneCycleSchedule.self,
        augmentation: Augmentation(flips: true, shift: 4, noise: .none), resetsOptimiser: published))
    optimiser = try settings.choose("optimiser", from: OptimiserChoices.all, default: AdamChoice.self, "optimiser of the classifier")
    validation = try settings.attack(
      "validation_attack",
      defaults: [
        "epsilon": .string((attack?.threat.radius ?? Epsilon(onUnitScale: 8.0 / 255)).text), "random_start": .bool(!published),
        "counted": .string(IterateRule.last.rawValue),
      ], isNone: attack == nil, "the attack that validation images meet once an epoch, to select the best one")
    validationImages = try settings.integer(
      "validation_images", default: 1000, in: 1...1_000_000, "at most so many validation images are measured after each epoch")
    patience = try settings.integer(
      "patience", default: 0, in: 0...100_000, "ends the training after so many epochs without a better validation result; 0: never")
    generatedLabels = try LabelDistribution.Choice(&settings)
    monitor = try Monitor(&settings)
    seed = try settings.integer("seed", default: 0, in: 0...Int.max, "seed of all random numbers")
    convolution = try ConvolutionMethod(&settings)
  }
}
