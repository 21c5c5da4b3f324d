import NN

/// One update of adversarial training of a classifier on real and generated images (paper eq. 10, its argmin read as argmax).
public struct ClassifierTrainer {
  /// What an update minimised and how well the attacked images were classified, before it learned.
  public struct Judgement {
    public let lossReal: Float, lossFake: Float?
    public let correctReal: [Bool], correctFake: [Bool]
  }

  public var model: DiscriminatorModel
  public var optimiser: any Optimiser
  public let loss: any RobustLoss

  public init(_ model: DiscriminatorModel, _ optimiser: any Optimiser, _ loss: any RobustLoss = RobustCrossEntropy()) {
    (self.model, self.optimiser, self.loss) = (model, optimiser, loss)
  }

  /// Minimises loss(real) + lambda loss(fake) on images that were attacked before. Running statistics follow the real ones.
  public mutating func update(real: LabelledImages, fake: LabelledImages?, lambda: Float, rate: Float) -> Judgement {
    let (gradients, statistics, judgement) = gradients(real, fake, lambda)
    model.parameters.absorb(statistics)
    optimiser.step(&model.parameters, gradients, rate: rate)
    return judgement
  }

  private func gradients(_ real: LabelledImages, _ fake: LabelledImages?, _ lambda: Float) -> ([Tensor?], [RunningStatistic], Judgement) {
    let backend = model.backend
    var tape = Tape(on: backend)
    let pass = Pass(model.parameters, .training, learns: true, on: &tape)
    func judged(_ batch: LabelledImages, _ tape: inout Tape) -> Judged {
      Judged(model.network(Images(constant: batch.images), labels: batch.labels, pass, &tape), batch.labels)
    }
    let ofReal = judged(real, &tape)
    let statistics = pass.statistics
    let lossReal = loss.value(attacked: ofReal, &tape)
    let ofFake = fake.map { judged($0, &tape) }
    let lossFake = ofFake.map { loss.value(attacked: $0, &tape) }
    let judgement = Judgement(
      lossReal: backend.scalar(lossReal.value), lossFake: lossFake.map { backend.scalar($0.value) },
      correctReal: backend.isCorrect(ofReal.output.classLogits.value, real.labels),
      correctFake: ofFake.map { backend.isCorrect($0.output.classLogits.value, $0.labels) } ?? [])
    let total = tape.weightedSum([(1, lossReal)] + (lossFake.map { [(lambda, $0)] } ?? []))
    return (pass.gradients(tape.gradients(of: total)), statistics, judgement)
  }
}
