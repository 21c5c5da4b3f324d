import AdvGAN
import NN
import TestSupport
import Testing

/// Fine-tuning's one step: CE(real) + lambda CE(fake).
@Suite struct ClassifierTrainerTests {
  private let backend = CPUBackend(threads: 1)
  private let rate: Float = 0.05

  /// With plain gradient descent the two batches' steps add up.
  @Test func fakesCountByTheirWeight() throws {
    let scene = try CoTrainingScene(tracksFakes: false, on: backend)
    let model = try plainModel()
    let (real, fake) = (scene.realBatch, scene.fakeBatch)
    let (ofReal, ofFake) = (step(model, real, nil, 0), step(model, fake, nil, 0))
    let both = step(model, real, fake, 0.25)
    for index in model.parameters.learned {
      let (a, b) = (change(ofReal, model, index), change(ofFake, model, index))
      let expected = zip(a, b).map { $0 + 0.25 * $1 }
      let shape = [expected.count]
      expectAgreement(
        StateTensor(shape: shape, values: change(both, model, index)), StateTensor(shape: shape, values: expected),
        model.parameters.specifications[index].name, within: Tolerance(length: 1e-5, peak: 1e-5, absolute: 2e-7))
    }
  }

  @Test func onlyRealImagesMoveRunningStatistics() throws {
    let scene = try CoTrainingScene(tracksFakes: false, on: backend)
    var trainer = ClassifierTrainer(scene.trainer.discriminator, SGD(momentum: 0))
    _ = trainer.update(real: scene.realBatch, fake: scene.fakeBatch, lambda: 1, rate: 0)
    let found = trainer.model.parameters.stateDictionary
    for (name, tensor) in scene.absorbing([scene.real]).stateDictionary {
      expectAgreement(try #require(found[name]), tensor, name, within: .exact)
    }
  }

  @Test func theReportHasBothLosses() throws {
    let scene = try CoTrainingScene(tracksFakes: false, on: backend)
    var trainer = ClassifierTrainer(try plainModel(), SGD(momentum: 0))
    let (real, fake) = (scene.realBatch, scene.fakeBatch)
    let alone = trainer.update(real: fake, fake: nil, lambda: 0, rate: 0)
    let report = trainer.update(real: real, fake: fake, lambda: 0.5, rate: 0)
    #expect(alone.lossFake == nil && alone.correctFake.isEmpty)
    #expect(report.lossFake == alone.lossReal)
    #expect(report.correctFake == alone.correctReal)
    #expect(report.correctReal == backend.isCorrect(trainer.model.classLogits(scene.real), scene.labels))
  }

  /// Without batch norm, so that batches do not see each other.
  private func plainModel() throws -> DiscriminatorModel {
    let kind = try #require(Networks.named("preact-resnet18"))
    return DiscriminatorModel(kind.discriminator(NetworkShape(width: 2, classes: 5)), from: RandomStream(seed: 32), on: backend)
  }

  private func step(
    _ model: DiscriminatorModel, _ real: LabelledImages, _ fake: LabelledImages?, _ lambda: Float
  ) -> Parameters {
    var trainer = ClassifierTrainer(model, SGD(momentum: 0))
    _ = trainer.update(real: real, fake: fake, lambda: lambda, rate: rate)
    return trainer.model.parameters
  }

  private func change(_ after: Parameters, _ before: DiscriminatorModel, _ index: Int) -> [Float] {
    zip(after.values[index].values, before.parameters.values[index].values).map { $0 - $1 }
  }
}
