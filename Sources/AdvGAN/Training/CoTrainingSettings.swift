import Jobs
import NN

/// The settings of the stage `cotrain`; every default stands here, for both presets.
struct CoTrainingSettings: Sendable {
  let preset: Preset
  let network: NetworkKind
  let width: Int, batchNorm: Bool
  let loss: any GANLoss
  let attack: TrainingAttack?
  let plan: TrainingPlan
  let updatesPerGenerator: Int
  /// The same kind for both players.
  let optimiser: any OptimiserChoice
  /// Share that the moving average of the generator keeps at each of its updates; 0 follows the generator itself.
  let averageKeep: Float
  let samplesEvery: Int, sampleRows: Int
  /// Names of the classes that grids of samples show; nil for the first.
  let sampleClasses: [String]?
  let generatedLabels: LabelDistribution.Choice
  let monitor: Monitor
  let seed: Int
  let convolution: ConvolutionMethod

  init(_ settings: inout SettingsReader) throws {
    let preset = try Preset(&settings)
    let published = preset == .asPublished
    self.preset = preset
    network = try NetworkKind(&settings, judging: true)
    width = try settings.integer("width", default: 64, in: NetworkShape.widths, "channels of the narrowest block")
    batchNorm =
      network.allowsBatchNorm
      ? try settings.flag("batch_norm", default: published && network.publishedBatchNorm, "batch norm in the discriminator") : false
    loss = try settings.choose(
      "loss", from: GANLosses.all, default: SplitLoss.self, defaults: published ? ["split.fake_adversarial": 1] : [:],
      "what the two players minimise")
    attack = try settings.attack(
      "attack",
      defaults: [
        "epsilon": published ? "0.015625" : "4/255", "steps": 5, "step": .string(published ? "0.0039" : StepSize.reaching.text),
        "random_start": .bool(!published), "objective": .string(BothHeadsObjective.name),
      ], "the attack on real images before the discriminator learns from them")
    plan = try TrainingPlan(
      &settings,
      default: .init(
        epochs: published ? 200 : 100, batch: 64, rate: 2e-4, schedule: published ? StepSchedule.self : LinearSchedule.self,
        augmentation: Augmentation(flips: true, shift: published ? 4 : 0, noise: published ? .asPublished : .dequantise),
        resetsOptimiser: published))
    updatesPerGenerator = try settings.integer(
      "discriminator_updates", default: 5, in: 1...1000, "updates of the discriminator for each of the generator")
    optimiser = try settings.choose(
      "optimiser", from: OptimiserChoices.all, default: AdamChoice.self, defaults: ["adam.beta1": 0, "adam.beta2": 0.9],
      "optimiser of both players")
    averageKeep = Float(
      try settings.number(
        "average", default: published ? 0 : 0.999, in: 0...0.999999,
        "what the moving average of the generator keeps at each of its updates; 0 for no average"))
    samplesEvery = try settings.integer("samples_every", default: 10, in: 1...100_000, "epochs between two grids of samples")
    sampleRows = try settings.integer("sample_rows", default: 8, in: 1...100, "rows of a grid of samples")
    sampleClasses = try settings.optionalTexts("sample_classes", "classes of the grids of samples, a column each; by default the first")
    guard sampleClasses.map({ (1...SampleGrid.mostClasses).contains($0.count) }) ?? true else {
      throw settings.error(at: "sample_classes", "'sample_classes' takes 1 to \(SampleGrid.mostClasses) classes")
    }
    generatedLabels = try LabelDistribution.Choice(&settings)
    monitor = try Monitor(&settings)
    seed = try settings.integer("seed", default: 0, in: 0...Int.max, "seed of all random numbers")
    convolution = try ConvolutionMethod(&settings)
  }

  func model(classes: [String]) -> ModelDescription {
    ModelDescription(
      network: network.name, width: width, batchNorm: batchNorm, classes: classes,
      conditionalMomentum: preset == .asPublished ? 0.9 : 0.1, samplesInTraining: preset == .asPublished)
  }
}
