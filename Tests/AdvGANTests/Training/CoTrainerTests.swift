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
    _ = trainer.updateDiscriminator(real: scene.real, scene.labels, fake: scene.fake, scene.fakeLabels, rate: 0.01)
    expectStatistics(trainer.discriminator, scene.absorbing([scene.real]))
    _ = trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0.01)
    expectStatistics(trainer.discriminator, scene.absorbing([scene.real]))
  }

  @Test func runningStatisticsTakeInFakesWhereTheyAreTracked() throws {
    let scene = try CoTrainingScene(tracksFakes: true, on: backend)
    var trainer = scene.trainer
    _ = trainer.updateDiscriminator(real: scene.real, scene.labels, fake: scene.fake, scene.fakeLabels, rate: 0)
    expectStatistics(trainer.discriminator, scene.absorbing([scene.real, scene.fake]))
    let judged = trainer.generator.images(scene.z, scene.fakeLabels, .training).images
    _ = trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0)
    expectStatistics(trainer.discriminator, scene.absorbing([scene.real, scene.fake, judged]))
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
    _ = trainer.updateDiscriminator(real: scene.real, scene.labels, fake: scene.fake, scene.fakeLabels, rate: 0.01)
    expectWeights(trainer.generator.parameters, stay: true, scene.trainer.generator.parameters)
    expectWeights(trainer.discriminator.parameters, stay: false, scene.trainer.discriminator.parameters)
    let judge = trainer.discriminator.parameters
    _ = trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0.01)
    expectWeights(trainer.discriminator.parameters, stay: true, judge)
    expectWeights(trainer.generator.parameters, stay: false, scene.trainer.generator.parameters)
  }

  /// The split loss of eq. (9) never tells the discriminator what a fake should show; AC-GAN's does.
  @Test func onlyAcganLearnsTheClassesOfFakes() throws {
    for (objective, learns) in [(DiscriminatorObjective.split, false), (.acgan, true)] {
      let scene = try CoTrainingScene(tracksFakes: false, objective.corrected, on: backend)
      let after = [scene.fakeLabels, scene.fakeLabels.map { ($0 + 1) % 5 }].map { labels in
        var trainer = scene.trainer
        _ = trainer.updateDiscriminator(real: scene.real, scene.labels, fake: scene.fake, labels, rate: 0.01)
        return trainer.discriminator.parameters.stateDictionary
      }
      let differ = after[0] != after[1]
      #expect(differ == learns, "\(objective.name)")
    }
  }

  @Test func theReportSaysHowTheDiscriminatorJudged() throws {
    let scene = try CoTrainingScene(tracksFakes: false, on: backend)
    var trainer = scene.trainer
    let report = trainer.updateDiscriminator(real: scene.real, scene.labels, fake: scene.fake, scene.fakeLabels, rate: 0.01)
    let (real, fake) = (scene.judged(scene.real), scene.judged(scene.fake))
    #expect(report.correctReal == isCorrect(real.classes, scene.labels))
    #expect(report.correctFake == isCorrect(fake.classes, scene.fakeLabels))
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
      let fake = trainer.fakes(scene.z, scene.fakeLabels)
      _ = trainer.updateDiscriminator(real: real, scene.labels, fake: fake, scene.fakeLabels, rate: 0.01)
      _ = trainer.updateGenerator(scene.z, scene.fakeLabels, rate: 0.01)
      return [trainer.discriminator.parameters.stateDictionary, trainer.generator.parameters.stateDictionary]
    }
    let same = after[0] == after[1]
    #expect(same)
  }

  private func expectStatistics(_ model: DiscriminatorModel, _ expected: Parameters, sourceLocation: SourceLocation = #_sourceLocation) {
    for (name, tensor) in statistics(expected) {
      guard let found = statistics(model.parameters)[name] else { continue }
      expectAgreement(found, tensor, name, within: .exact, sourceLocation: sourceLocation)
    }
    #expect(!statistics(expected).isEmpty, sourceLocation: sourceLocation)
  }

  private func statistics(_ parameters: Parameters) -> [String: StateTensor] {
    let kept = Set(parameters.specifications.filter { $0.kind == .statistic }.map(\.name))
    return parameters.stateDictionary.filter { kept.contains($0.key) }
  }

  /// Every weight that has a gradient moves, or none does.
  private func expectWeights(_ parameters: Parameters, stay: Bool, _ before: Parameters, sourceLocation: SourceLocation = #_sourceLocation)
  {
    let moved = parameters.learned.count { parameters.values[$0].values != before.values[$0].values }
    #expect(stay ? moved == 0 : moved > parameters.learned.count / 2, sourceLocation: sourceLocation)
  }
}
