import AdvGAN
import NN
import TestSupport
import Testing

/// Who learns from what, and whose running statistics follow whom. The arithmetic is tested against PyTorch elsewhere.
@Suite struct CoTrainerTests {
  private let backend = CPUBackend(threads: 1)

  @Test func runningStatisticsComeFromRealImagesOnly() throws {
    let scene = try CoTrainingScene(tracksFakes: false, on: backend)
    var trainer = scene.trainer
    _ = trainer.updateDiscriminator(real: scene.realBatch, fake: scene.fakeBatch, rate: 0.01)
    try expectStatistics(trainer.discriminator, scene.absorbing([scene.real]))
    _ = trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0.01)
    try expectStatistics(trainer.discriminator, scene.absorbing([scene.real]))
  }

  @Test func runningStatisticsTakeInFakesWhereTheyAreTracked() throws {
    let scene = try CoTrainingScene(tracksFakes: true, on: backend)
    var trainer = scene.trainer
    _ = trainer.updateDiscriminator(real: scene.realBatch, fake: scene.fakeBatch, rate: 0)
    try expectStatistics(trainer.discriminator, scene.absorbing([scene.real, scene.fake]))
    let judged = trainer.generator.images(scene.z, scene.fakeLabels, .training).images
    _ = trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0)
    try expectStatistics(trainer.discriminator, scene.absorbing([scene.real, scene.fake, judged]))
  }

  @Test func theGeneratorsStatisticsFollowAllItMakes() throws {
    let scene = try CoTrainingScene(tracksFakes: false, on: backend)
    var trainer = scene.trainer
    _ = trainer.fakes(scene.z, scene.fakeLabels)
    let once = statistics(trainer.generator.parameters)
    #expect((once != statistics(scene.trainer.generator.parameters)) == true)
    _ = trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0)
    let twice = statistics(trainer.generator.parameters)
    let moved = twice != once
    #expect(moved)
  }

  @Test func eachPlayerMovesAlone() throws {
    let scene = try CoTrainingScene(tracksFakes: false, on: backend)
    var trainer = scene.trainer
    _ = trainer.updateDiscriminator(real: scene.realBatch, fake: scene.fakeBatch, rate: 0.01)
    expectWeights(trainer.generator.parameters, stay: true, scene.trainer.generator.parameters)
    expectWeights(trainer.discriminator.parameters, stay: false, scene.trainer.discriminator.parameters)
    let judge = trainer.discriminator.parameters
    _ = trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0.01)
    expectWeights(trainer.discriminator.parameters, stay: true, judge)
    expectWeights(trainer.generator.parameters, stay: false, scene.trainer.generator.parameters)
  }

  /// The split loss of eq. (9) never tells the discriminator what a fake should show; AC-GAN's does.
  @Test func onlyAcganLearnsTheClassesOfFakes() throws {
    for (loss, learns) in [(SplitLoss(), false), (ACGANLoss(), true)] as [(any GANLoss, Bool)] {
      let scene = try CoTrainingScene(tracksFakes: false, loss, on: backend)
      let after = [scene.fakeLabels, scene.fakeLabels.map { ($0 + 1) % 5 }].map { labels in
        var trainer = scene.trainer
        _ = trainer.updateDiscriminator(real: scene.realBatch, fake: LabelledImages(scene.fake, labels), rate: 0.01)
        return trainer.discriminator.parameters.stateDictionary
      }
      let differ = after[0] != after[1]
      #expect(differ == learns, "\(type(of: loss).name)")
    }
  }

  @Test func theReportSaysHowTheDiscriminatorJudged() throws {
    let scene = try CoTrainingScene(tracksFakes: false, on: backend)
    var trainer = scene.trainer
    let report = trainer.updateDiscriminator(real: scene.realBatch, fake: scene.fakeBatch, rate: 0.01)
    let (real, fake) = (scene.judged(scene.real), scene.judged(scene.fake))
    #expect(report.correctReal == backend.isCorrect(real.classes, scene.labels))
    #expect(report.correctFake == backend.isCorrect(fake.classes, scene.fakeLabels))
    #expect(report.recognisedReal == real.adversarial.values.map { $0 > 0 })
    #expect(report.fooled == fake.adversarial.values.map { $0 > 0 })
  }

  /// To the last bit, attack and both updates.
  @Test func theNumberOfThreadsChangesNothing() throws {
    let after = try [1, 3].map { threads in
      let scene = try CoTrainingScene(tracksFakes: true, on: CPUBackend(threads: threads))
      var trainer = scene.trainer
      let attack = PGD(steps: 2, step: .fixed(.levels(2)), randomStart: true, objective: BothHeadsObjective())
      let real = trainer.discriminator.attacked(scene.real, scene.labels, by: attack, epsilon: 4, RandomStream(seed: 1))
      let fake = LabelledImages(trainer.fakes(scene.z, scene.fakeLabels), scene.fakeLabels)
      _ = trainer.updateDiscriminator(real: LabelledImages(real, scene.labels), fake: fake, rate: 0.01)
      _ = trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0.01)
      return [trainer.discriminator.parameters.stateDictionary, trainer.generator.parameters.stateDictionary]
    }
    let same = after[0] == after[1]
    #expect(same)
  }

  private func expectStatistics(
    _ model: DiscriminatorModel, _ expected: Parameters, sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let (found, expected) = (statistics(model.parameters), statistics(expected))
    #expect(!expected.isEmpty && Set(found.keys) == Set(expected.keys), sourceLocation: sourceLocation)
    for (name, tensor) in expected {
      expectAgreement(try #require(found[name], sourceLocation: sourceLocation), tensor, name, within: .exact, sourceLocation: sourceLocation)
    }
  }

  private func statistics(_ parameters: Parameters) -> [String: StateTensor] {
    let kept = Set(parameters.specifications.filter { $0.kind == .statistic }.map(\.name))
    return parameters.stateDictionary.filter { kept.contains($0.key) }
  }

  /// Every weight moves, or none does. The exact gradients of the convolutions' biases before a batch norm vanish, and may move nothing.
  private func expectWeights(_ parameters: Parameters, stay: Bool, _ before: Parameters, sourceLocation: SourceLocation = #_sourceLocation)
  {
    for index in parameters.learned {
      let moved = parameters.values[index].values != before.values[index].values
      let name = parameters.specifications[index].name
      if stay {
        #expect(!moved, "\(name)", sourceLocation: sourceLocation)
      } else if !name.hasSuffix(".bias") {
        #expect(moved, "\(name)", sourceLocation: sourceLocation)
      }
    }
  }
}
