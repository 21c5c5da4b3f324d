import NN

/// One step of adversarial training of a classifier on real and generated images (paper eq. 10, its argmin read as argmax).
public struct ClassifierTrainer {
  /// What a step cost and how well the attacked images were classified.
  public struct Report {
    public var lossReal: Float = 0, lossFake: Float?
    public var correctReal: [Bool] = [], correctFake: [Bool] = []
  }

  public var model: DiscriminatorModel
  public var optimiser: any Optimiser

  public init(_ model: DiscriminatorModel, _ optimiser: any Optimiser) {
    self.model = model
    self.optimiser = optimiser
  }

  /// Minimises CE(real) + lambda CE(fake) on images that were attacked before. Running statistics follow the real ones.
  public mutating func update(real: (Tensor, [Int]), fake: (Tensor, [Int])?, lambda: Float, rate: Float) -> Report {
    update(real: real, fake: fake, lambda: lambda, rate: rate, pause: {})
  }

  /// The same. `pause` is called on the way, as long as nothing has changed; what it throws leaves everything as it was.
  mutating func update(
    real: (Tensor, [Int]), fake: (Tensor, [Int])?, lambda: Float, rate: Float, pause: () throws -> Void
  ) rethrows -> Report {
    let (gradients, statistics, report) = try gradients(real, fake, lambda, pause)
    model.parameters.absorb(statistics)
    optimiser.step(&model.parameters, gradients, rate: rate)
    return report
  }

  private func gradients(
    _ real: (Tensor, [Int]), _ fake: (Tensor, [Int])?, _ lambda: Float, _ pause: () throws -> Void
  ) rethrows -> ([Tensor?], [RunningStatistic], Report) {
    var tape = Tape(on: model.backend)
    let pass = Pass(model.parameters, .training, learns: true, on: &tape)
    let ofReal = model.network(Images(constant: real.0), labels: real.1, pass, &tape).classLogits
    let statistics = pass.statistics
    let lossReal = tape.meanCrossEntropy(ofReal, real.1)
    var report = Report(lossReal: lossReal.value.scalar, correctReal: isCorrect(ofReal.value, real.1))
    var terms: [(weight: Float, loss: Variable)] = [(1, lossReal)]
    if let fake {
      try pause()
      let ofFake = model.network(Images(constant: fake.0), labels: fake.1, pass, &tape).classLogits
      let lossFake = tape.meanCrossEntropy(ofFake, fake.1)
      report.lossFake = lossFake.value.scalar
      report.correctFake = isCorrect(ofFake.value, fake.1)
      terms.append((lambda, lossFake))
    }
    let total = tape.weightedSum(terms)
    return (try pass.gradients(tape.gradients(of: total, pause: pause)), statistics, report)
  }
}
