import Jobs
import NN

/// What a co-training benchmark measures: networks and sizes.
public struct CoTrainingBenchmarkSettings: Sendable {
  public let network: NetworkKind, shape: NetworkShape
  /// Real images, and generated ones, of a step.
  public let batch: Int
  /// Steps of the attack.
  public let steps: Int

  public init(_ network: NetworkKind, _ shape: NetworkShape, batch: Int, steps: Int = 5) {
    (self.network, self.shape, self.batch, self.steps) = (network, shape, batch, steps)
  }
}

/// The attack and the updates of co-training on random images, timed one by one: the code that training runs, without its data.
///
/// `benchmarks/torch_cotrain.py` is the same in PyTorch. Both attack the same real batch in every round (PGD on both heads in inference
/// phase, epsilon 0.0625 and step 0.0156 on [-1, 1], from the image itself), take fresh fakes without gradients for the discriminator's
/// step, count adversarial logits of fakes whole (the published weights), and step with Adam (2e-4, beta 0 and 0.9).
public struct CoTrainingBenchmark {
  /// How long each move of a round took, in seconds.
  public struct Times: Equatable, Sendable {
    public var attack: Double, updateDiscriminator: Double, updateGenerator: Double

    public init(attack: Double, updateDiscriminator: Double, updateGenerator: Double) {
      (self.attack, self.updateDiscriminator, self.updateGenerator) = (attack, updateDiscriminator, updateGenerator)
    }
  }

  private(set) var trainer: CoTrainer
  private let settings: CoTrainingBenchmarkSettings
  private let attack: any Attack, threat: Threat
  let images: Tensor, labels: [Int]
  private(set) var stream = RandomStream(seed: 0).derived("benchmark")
  private let clock: () -> Double

  private static let rate: Float = 2e-4

  /// Makes both players, and real images (N, side, side, 3) uniform in [-1, 1].
  ///
  /// - Parameter clock: seconds since any moment, never going back.
  /// - Throws: `StageError` where the network has no generator.
  public init(_ settings: CoTrainingBenchmarkSettings, on backend: any Backend, clock: @escaping () -> Double) throws {
    (self.settings, self.clock) = (settings, clock)
    let (kind, shape) = (settings.network, settings.shape)
    trainer = CoTrainer(
      GeneratorModel(try kind.makeGenerator(shape), from: stream.derived("generator"), on: backend),
      DiscriminatorModel(kind.discriminator(shape), from: stream.derived("discriminator"), on: backend), Adam(beta1: 0, beta2: 0.9),
      Adam(beta1: 0, beta2: 0.9), SplitLoss(CrossEntropyWeights(fakeAdversarial: 1, fakeClass: 0)), tracksFakes: true)
    attack = PGD(steps: settings.steps, step: .fixed(Epsilon(onUnitScale: 0.0156 / 2)), randomStart: false, objective: BothHeadsObjective())
    threat = Threat(radius: Epsilon(onUnitScale: 0.0625 / 2))
    images = backend.uniform([settings.batch, kind.side, kind.side, 3], low: -1, high: 1, &stream)
    labels = stream.integers(settings.batch, below: shape.classes)
  }

  /// Threads at work; fewer than asked for where the system has no room for so many.
  public var threads: Int { trainer.generator.backend.threads }

  /// An attack, a step of the discriminator on its images, and a step of the generator.
  public mutating func round() -> Times {
    let began = clock()
    let attacked = attack.images(LabelledImages(images, labels), trainer.discriminator, threat, stream) {}
    let perturbed = clock()
    updateDiscriminator(attacked)
    let judged = clock()
    updateGenerator()
    return Times(attack: perturbed - began, updateDiscriminator: judged - perturbed, updateGenerator: clock() - judged)
  }

  private mutating func updateDiscriminator(_ attacked: Tensor) {
    let (z, fakeLabels) = noise()
    let fakes = LabelledImages(trainer.fakes(z, fakeLabels), fakeLabels)
    _ = trainer.updateDiscriminator(real: LabelledImages(attacked, labels), fake: fakes, rate: Self.rate)
  }

  private mutating func updateGenerator() {
    let (z, labels) = noise()
    _ = trainer.updateGenerator(z, labels, rate: Self.rate)
  }

  private mutating func noise() -> (z: Tensor, labels: [Int]) {
    let z = trainer.generator.backend.normal([settings.batch, trainer.generator.network.latentSize], &stream)
    return (z, stream.integers(settings.batch, below: settings.shape.classes))
  }
}

/// The best time of each move over many rounds: what the machine can do, undisturbed by its other work.
public struct CoTrainingMeasurement: Equatable, Sendable {
  public let best: CoTrainingBenchmark.Times
  public let rounds: Int

  /// One cycle of the published training loop in seconds: five steps of the discriminator, each with its attack, and one of the generator.
  public var cycle: Double { 5 * (best.attack + best.updateDiscriminator) + best.updateGenerator }

  /// Goes through rounds for so many seconds by `clock`, at least two: the first one finds memory cold.
  public init(seconds: Double, clock: () -> Double, round: () -> CoTrainingBenchmark.Times) {
    let end = clock() + seconds
    var best = round()
    var rounds = 1
    while rounds < 2 || clock() < end {
      let times = round()
      best.attack = min(best.attack, times.attack)
      best.updateDiscriminator = min(best.updateDiscriminator, times.updateDiscriminator)
      best.updateGenerator = min(best.updateGenerator, times.updateGenerator)
      rounds += 1
    }
    (self.best, self.rounds) = (best, rounds)
  }
}
