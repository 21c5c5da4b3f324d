import NN

/// The two players of co-training and the moves they make (paper Sec. 3.3, step 1). Knows nothing of data, epochs or files.
public struct CoTrainer {
  /// What a move cost and how well the discriminator judged.
  public struct Report {
    public var lossReal: Float = 0, lossFake: Float = 0
    public var correctReal: [Bool] = [], correctFake: [Bool] = []
    /// Real images called real; fakes called real.
    public var recognisedReal: [Bool] = [], fooled: [Bool] = []
  }

  public var generator: GeneratorModel
  public var discriminator: DiscriminatorModel
  public var generatorOptimiser: any Optimiser
  public var discriminatorOptimiser: any Optimiser
  public let weights: DiscriminatorWeights
  /// As the published code does it: the discriminator's running statistics take in fakes too, not the attacked real images alone.
  public let tracksFakes: Bool

  public init(
    _ generator: GeneratorModel, _ discriminator: DiscriminatorModel, _ generatorOptimiser: any Optimiser,
    _ discriminatorOptimiser: any Optimiser, _ weights: DiscriminatorWeights, tracksFakes: Bool
  ) {
    self.generator = generator
    self.discriminator = discriminator
    self.generatorOptimiser = generatorOptimiser
    self.discriminatorOptimiser = discriminatorOptimiser
    self.weights = weights
    self.tracksFakes = tracksFakes
  }

  /// Fresh fakes in training phase, without a past; the generator's running statistics take them in, as in PyTorch.
  public mutating func fakes(_ z: Tensor, _ labels: [Int]) -> Tensor {
    let (images, statistics) = generator.images(z, labels, .training)
    generator.parameters.absorb(statistics)
    return images
  }

  /// One step of the discriminator on attacked real images and on fakes.
  public mutating func updateDiscriminator(
    real: Tensor, _ realLabels: [Int], fake: Tensor, _ fakeLabels: [Int], rate: Float
  ) -> Report {
    updateDiscriminator(real: real, realLabels, fake: fake, fakeLabels, rate: rate, pause: {})
  }

  /// The same. `pause` is called on the way, as long as nothing has changed; what it throws leaves everything as it was.
  mutating func updateDiscriminator(
    real: Tensor, _ realLabels: [Int], fake: Tensor, _ fakeLabels: [Int], rate: Float, pause: () throws -> Void
  ) rethrows -> Report {
    let (gradients, statistics, report) = try discriminatorGradients(real, realLabels, fake, fakeLabels, pause)
    discriminator.parameters.absorb(statistics)
    discriminatorOptimiser.step(&discriminator.parameters, gradients, rate: rate)
    return report
  }

  /// One step of the generator: 0.5 BCE(adversarial logits of fakes, real) + 0.5 CE(class), the non-saturating form. Returns the loss.
  public mutating func updateGenerator(_ z: Tensor, _ labels: [Int], rate: Float) -> Float {
    updateGenerator(z, labels, rate: rate, pause: {})
  }

  /// The same. `pause` is called on the way, as long as nothing has changed; what it throws leaves everything as it was.
  mutating func updateGenerator(_ z: Tensor, _ labels: [Int], rate: Float, pause: () throws -> Void) rethrows -> Float {
    let (gradients, own, judges, loss) = try generatorGradients(z, labels, pause)
    generator.parameters.absorb(own)
    if tracksFakes { discriminator.parameters.absorb(judges) }
    generatorOptimiser.step(&generator.parameters, gradients, rate: rate)
    return loss
  }

  private func discriminatorGradients(
    _ real: Tensor, _ realLabels: [Int], _ fake: Tensor, _ fakeLabels: [Int], _ pause: () throws -> Void
  ) rethrows -> ([Tensor?], [RunningStatistic], Report) {
    var tape = Tape(on: discriminator.backend)
    // One set of traced parameters serves both batches, so that their gradients add up.
    let pass = Pass(discriminator.parameters, .training, learns: true, on: &tape)
    let ofReal = discriminator.network(Images(constant: real), labels: realLabels, pass, &tape)
    let statisticsOfReal = pass.statistics
    try pause()
    let ofFake = discriminator.network(Images(constant: fake), labels: fakeLabels, pass, &tape)
    let lossReal = terms(ofReal, realLabels, isReal: true, weights.realAdversarial, weights.realClass, &tape)
    let lossFake = terms(ofFake, fakeLabels, isReal: false, weights.fakeAdversarial, weights.fakeClass, &tape)
    let report = Report(
      lossReal: lossReal.value.scalar, lossFake: lossFake.value.scalar, correctReal: isCorrect(ofReal.classLogits.value, realLabels),
      correctFake: isCorrect(ofFake.classLogits.value, fakeLabels), recognisedReal: calledReal(ofReal), fooled: calledReal(ofFake))
    let total = tape.weightedSum([(1, lossReal), (1, lossFake)])
    let gradients = try pass.gradients(tape.gradients(of: total, pause: pause))
    return (gradients, tracksFakes ? pass.statistics : statisticsOfReal, report)
  }

  private func generatorGradients(
    _ z: Tensor, _ labels: [Int], _ pause: () throws -> Void
  ) rethrows -> ([Tensor?], own: [RunningStatistic], judges: [RunningStatistic], Float) {
    var tape = Tape(on: generator.backend)
    let own = Pass(generator.parameters, .training, learns: true, on: &tape)
    let judge = Pass(discriminator.parameters, .training, learns: false, on: &tape)
    let output = discriminator.network(generator.network(z, labels: labels, own, &tape), labels: labels, judge, &tape)
    let loss = terms(output, labels, isReal: true, 0.5, 0.5, &tape)
    let value = loss.value.scalar
    return (try own.gradients(tape.gradients(of: loss, pause: pause)), own.statistics, judge.statistics, value)
  }

  private func terms(
    _ output: DiscriminatorOutput, _ labels: [Int], isReal: Bool, _ adversarial: Float, _ classes: Float, _ tape: inout Tape
  ) -> Variable {
    guard let judged = output.adversarial else { preconditionFailure("co-training: the discriminator has no adversarial head") }
    return tape.weightedSum([
      (adversarial, tape.meanBinaryCrossEntropy(judged, isOne: isReal)), (classes, tape.meanCrossEntropy(output.classLogits, labels)),
    ])
  }
}

private func calledReal(_ output: DiscriminatorOutput) -> [Bool] { output.adversarial?.value.values.map { $0 > 0 } ?? [] }
