import NN
import TestSupport

@testable import AdvGAN

/// One variant of cotrain_steps.safetensors: two players at its start, and what every step is given.
struct GoldenCoTraining {
  /// Adam's learning rate.
  let rate: Float
  let attack: PGD, threat: Threat
  private(set) var trainer: CoTrainer
  /// What all is computed by: on PyTorch's side of every kink that comes near.
  let backend: SidedBackend
  private let variant: Fixture
  var weights: CrossEntropyWeights? { (trainer.loss as? any CrossEntropyGANLoss)?.weights }

  static let variants = ["corrected", "as_published", "acgan", "corrected_batch_norm"]

  private struct Networks: Decodable { let batch: Int, classes: Int, latent: Int, width: Int }
  private struct AdamSettings: Decodable { let lr: Float, betas: [Double], eps: Float }
  private struct AttackSettings: Decodable { let epsilon: Double, step: Double, steps: Int, randomStart: Bool }
  private struct Variant: Decodable { let batchNorm: Bool, lossWeights: Weights }
  private struct Weights: Decodable { let realBin: Float, realCls: Float, fakeBin: Float, fakeCls: Float }

  init(_ name: String, by engine: GoldenEngine) throws {
    variant = try Fixture(name, in: "cotrain_steps")
    let networks = try variant.settings(Networks.self, "networks")
    let adam = try variant.settings(AdamSettings.self, "adam")
    let pgd = try variant.settings(AttackSettings.self, "attack")
    let own = try variant.settings(Variant.self)
    rate = adam.lr
    attack = PGD(
      steps: pgd.steps, step: .fixed(Epsilon(onUnitScale: pgd.step / 2)), randomStart: pgd.randomStart, objective: BothHeadsObjective())
    threat = Threat(radius: Epsilon(onUnitScale: pgd.epsilon / 2))
    let shape = NetworkShape(width: networks.width, classes: networks.classes, batchNorm: own.batchNorm, latentSize: networks.latent)
    let seed = RandomStream(seed: 0)
    let (generator, discriminator) = (
      try AdvGAN.Networks.resnet32.makeGenerator(shape), AdvGAN.Networks.resnet32.discriminator(shape)
    )
    let sides = try GoldenSides(
      variant, players: ["discriminator": discriminator.specifications, "generator": generator.specifications])
    backend = SidedBackend(engine.backend(), .golden(sides))
    var generatorModel = GeneratorModel(generator, from: seed, on: backend)
    try generatorModel.parameters.load(variant.sibling("\(name)/start/generator").all())
    var discriminatorModel = DiscriminatorModel(discriminator, from: seed, on: backend)
    try discriminatorModel.parameters.load(variant.sibling("\(name)/start/discriminator").all())
    let optimiser = Adam(beta1: adam.betas[0], beta2: adam.betas[1], epsilon: adam.eps)
    let weights = own.lossWeights
    trainer = CoTrainer(
      generatorModel, discriminatorModel, optimiser, optimiser,
      SplitLoss(
        CrossEntropyWeights(
          realAdversarial: weights.realBin, realClass: weights.realCls, fakeAdversarial: weights.fakeBin, fakeClass: weights.fakeCls)),
      tracksFakes: false)
  }

  /// What a step saw and made.
  struct Seen {
    let given: Fixture
    let adversarial: Tensor, fakes: Tensor
    let report: CoTrainer.Judgement
    /// The generator's terms.
    let generator: [MeasuredTerm]
  }

  /// The inputs and results of a step, from 1.
  func step(_ number: Int) -> Fixture { variant.sibling("\(variant.group)/step\(number)") }

  /// State dicts "start", "after1", "after3" of "generator" or "discriminator".
  func state(_ moment: String, _ player: String) -> Fixture { variant.sibling("\(variant.group)/\(moment)/\(player)") }

  /// Takes step `number`, after those before it.
  mutating func take(_ number: Int) throws -> Seen {
    let given = step(number)
    let labels = try given.labels("labels")
    let fakeLabels = try given.labels("d_labels")
    let adversarial = attack.images(
      LabelledImages(backend.tensor(try given.image("images")), labels), trainer.discriminator, threat, RandomStream(seed: 0)) {}
    let fakes = trainer.fakes(backend.tensor(try given.plain("d_z")), fakeLabels)
    let report = trainer.updateDiscriminator(
      real: LabelledImages(adversarial, labels), fake: LabelledImages(fakes, fakeLabels), rate: rate)
    let terms = trainer.updateGenerator(backend.tensor(try given.plain("g_z")), try given.labels("g_labels"), rate: rate)
    return Seen(given: given, adversarial: adversarial, fakes: fakes, report: report, generator: terms)
  }
}
