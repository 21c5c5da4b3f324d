import NN

/// The two players of co-training and their updates (paper Sec. 3.3, step 1). Knows nothing of data, epochs or files.
public struct CoTrainer {
  /// What an update of the discriminator minimised and how well it judged, before it learned.
  public struct Judgement {
    public let terms: [MeasuredTerm]
    public let correctReal: [Bool], correctFake: [Bool]
    /// Real images called real; fakes called real.
    public let recognisedReal: [Bool], fooled: [Bool]

    public var loss: Float { terms.sum() }
    public var lossReal: Float { terms.sum("real_") }
    public var lossFake: Float { terms.sum("fake_") }
  }

  public var generator: GeneratorModel
  public var discriminator: DiscriminatorModel
  public var generatorOptimiser: any Optimiser
  public var discriminatorOptimiser: any Optimiser
  public let loss: any GANLoss
  /// As the published code does it: the discriminator's running statistics take in fakes too, not the attacked real images alone.
  public let tracksFakes: Bool

  public init(
    _ generator: GeneratorModel, _ discriminator: DiscriminatorModel, _ generatorOptimiser: any Optimiser,
    _ discriminatorOptimiser: any Optimiser, _ loss: any GANLoss, tracksFakes: Bool
  ) {
    (self.generator, self.discriminator, self.generatorOptimiser) = (generator, discriminator, generatorOptimiser)
    (self.discriminatorOptimiser, self.loss, self.tracksFakes) = (discriminatorOptimiser, loss, tracksFakes)
  }

  /// Fresh fakes in training phase, without gradients; the generator's running statistics take them in, as in PyTorch.
  public mutating func fakes(_ z: Tensor, _ labels: [Int]) -> Tensor {
    let (images, statistics) = generator.images(z, labels, .training)
    generator.parameters.absorb(statistics)
    return images
  }

  /// One update of the discriminator on attacked real images and on fakes.
  public mutating func updateDiscriminator(real: LabelledImages, fake: LabelledImages, rate: Float) -> Judgement {
    let (gradients, statistics, judgement) = discriminatorGradients(real, fake)
    discriminator.parameters.absorb(statistics)
    discriminatorOptimiser.step(&discriminator.parameters, gradients, rate: rate)
    return judgement
  }

  /// One update of the generator. Returns its terms.
  public mutating func updateGenerator(_ z: Tensor, _ labels: [Int], rate: Float) -> [MeasuredTerm] {
    let (gradients, own, judges, terms) = generatorGradients(z, labels)
    generator.parameters.absorb(own)
    if tracksFakes { discriminator.parameters.absorb(judges) }
    generatorOptimiser.step(&generator.parameters, gradients, rate: rate)
    return terms
  }

  // Functions of their own: with the tape's end nothing holds the parameters any more, and they are updated in place.
  private func discriminatorGradients(_ real: LabelledImages, _ fake: LabelledImages) -> ([Tensor?], [RunningStatistic], Judgement) {
    let backend = discriminator.backend
    var tape = Tape(on: backend)
    // One set of traced parameters serves both batches, so that their gradients add up.
    let pass = Pass(discriminator.parameters, .training, learns: true, on: &tape)
    let ofReal = discriminator.network(Images(constant: real.images), labels: real.labels, pass, &tape)
    let statisticsOfReal = pass.statistics
    let ofFake = discriminator.network(Images(constant: fake.images), labels: fake.labels, pass, &tape)
    let terms = loss.discriminator(real: Judged(ofReal, real.labels), fake: Judged(ofFake, fake.labels), &tape)
    let judgement = Judgement(
      terms: terms.measured(on: backend), correctReal: backend.isCorrect(ofReal, real.labels),
      correctFake: backend.isCorrect(ofFake, fake.labels), recognisedReal: backend.callsReal(ofReal), fooled: backend.callsReal(ofFake))
    let total = tape.sum(terms)
    return (pass.gradients(tape.gradients(of: total)), tracksFakes ? pass.statistics : statisticsOfReal, judgement)
  }

  private func generatorGradients(
    _ z: Tensor, _ labels: [Int]
  ) -> ([Tensor?], own: [RunningStatistic], judges: [RunningStatistic], [MeasuredTerm]) {
    var tape = Tape(on: generator.backend)
    let own = Pass(generator.parameters, .training, learns: true, on: &tape)
    let judge = Pass(discriminator.parameters, .training, learns: false, on: &tape)
    let output = discriminator.network(generator.network(z, labels: labels, own, &tape), labels: labels, judge, &tape)
    let terms = loss.generator(fake: Judged(output, labels), &tape)
    let total = tape.sum(terms)
    return (own.gradients(tape.gradients(of: total)), own.statistics, judge.statistics, terms.measured(on: generator.backend))
  }
}

extension Backend {
  /// For every image whether it is called real; empty without an adversarial head.
  fileprivate func callsReal(_ output: DiscriminatorOutput) -> [Bool] { output.adversarial.map { host($0.value).map { $0 > 0 } } ?? [] }

  /// For every image whether its class is right; empty without a class head.
  fileprivate func isCorrect(_ output: DiscriminatorOutput, _ labels: [Int]) -> [Bool] {
    output.classes.map { isCorrect($0.value, labels) } ?? []
  }
}
