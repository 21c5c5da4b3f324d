import AdvGAN
import NN
import TestSupport
import Testing

/// Three whole steps of co-training against PyTorch in float64: the attack, both updates with Adam, running statistics. Convolutions are
/// computed product by product: the file keeps clear of kinks by 2e-6 only, what Winograd's tiles err by.
@Suite struct GoldenCoTrainingTests {
  private let backend = GoldenEngine.exact.backend()

  @Test(arguments: GoldenCoTraining.variants)
  func threeStepsMatchPyTorch(_ variant: String) throws {
    var run = try GoldenCoTraining(variant, on: backend)
    let start = (run.trainer.generator.parameters, run.trainer.discriminator.parameters)
    for number in 1...3 {
      let seen = try run.take(number)
      try expectStep(seen, number, run.trainer.weights)
      for (player, before, after) in [
        ("generator", start.0, run.trainer.generator.parameters), ("discriminator", start.1, run.trainer.discriminator.parameters),
      ] {
        let expected = try run.state("after\(number)", player).all()
        guard !expected.isEmpty else { continue }
        let moves = Moves(of: player, from: before.stateDictionary, to: after.stateDictionary, rate: run.rate)
        try moves.expect(expected, "\(player) after step \(number)")
      }
    }
  }

  /// The mean objective of the iterate before each of the attack's steps.
  @Test(arguments: GoldenCoTraining.variants)
  func theAttacksObjectiveMatchesPyTorch(_ variant: String) throws {
    let run = try GoldenCoTraining(variant, on: backend)
    let given = run.step(1)
    let (x, labels) = (backend.tensor(try given.image("images")), try given.labels("labels"))
    let found = (0..<run.attack.parameters.steps).map { steps in
      var shorter = run.attack
      shorter.parameters.steps = steps
      let iterate = shorter.perturbed(x, labels, against: run.trainer.discriminator, RandomStream(seed: 0))
      return run.attack.parameters.objective.values(run.trainer.discriminator, iterate, labels).reduce(0, +) / Float(labels.count)
    }
    expectAgreement(StateTensor(shape: [5], values: found), try given.plain("attack_objective"), "objective", within: .network)
  }

  @Test func theVariantsAreOurObjectives() throws {
    #expect(try GoldenCoTraining("corrected", on: backend).trainer.weights == DiscriminatorObjective.split.corrected)
    #expect(try GoldenCoTraining("as_published", on: backend).trainer.weights == DiscriminatorObjective.split.asPublished)
    #expect(try GoldenCoTraining("acgan", on: backend).trainer.weights == DiscriminatorObjective.acgan.corrected)
  }

  private func expectStep(_ seen: GoldenCoTraining.Seen, _ number: Int, _ weights: DiscriminatorWeights) throws {
    func loss(_ name: String) throws -> Float { try seen.given.plain("loss_\(name)").values[0] }
    func expectLoss(_ found: Float, _ expected: Float, _ what: String) {
      expectAgreement(
        StateTensor(shape: [], values: [found]), StateTensor(shape: [], values: [expected]), "\(what), step \(number)", within: .network)
    }
    // A pixel that went the other way would be off by a whole step, 0.0157.
    expectAgreement(
      seen.adversarial, try seen.given.image("adversarial"), "adversarial images, step \(number)",
      within: Tolerance(length: 0, peak: 0, absolute: 2e-7))
    if seen.given.has("fakes") { expectAgreement(seen.fakes, try seen.given.image("fakes"), "fakes", within: .network) }
    let real = try weights.realAdversarial * loss("real_bin") + weights.realClass * loss("real_cls")
    let fake = try weights.fakeAdversarial * loss("fake_bin") + weights.fakeClass * loss("fake_cls")
    expectLoss(seen.report.lossReal, real, "loss on real images")
    expectLoss(seen.report.lossFake, fake, "loss on fakes")
    expectLoss(seen.report.lossReal + seen.report.lossFake, try loss("discriminator"), "loss of the discriminator")
    expectLoss(seen.lossGenerator, try loss("generator"), "loss of the generator")
  }
}
