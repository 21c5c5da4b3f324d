import NN
import TestSupport
import Testing

@testable import AdvGAN

/// Three whole steps of co-training against PyTorch in float64: the attack, both updates with Adam, running statistics; by the exact
/// convolutions and by the fast ones of every set of kernels. Numbers within 1e-4 of a kink are put on PyTorch's side of it.
@Suite struct GoldenCoTrainingTests {
  @Test(arguments: GoldenEngine.all + [.sealed], GoldenCoTraining.variants)
  func threeStepsMatchPyTorch(_ engine: GoldenEngine, _ variant: String) throws {
    var run = try GoldenCoTraining(variant, by: engine)
    let start = (run.trainer.generator.parameters, run.trainer.discriminator.parameters)
    for number in 1...3 {
      let seen = try run.take(number)
      try expectStep(seen, number)
      for (player, before, after) in [
        ("generator", start.0, run.trainer.generator.parameters), ("discriminator", start.1, run.trainer.discriminator.parameters),
      ] {
        let expected = try run.state("after\(number)", player).all()
        guard !expected.isEmpty else { continue }
        let moves = Moves(of: player, from: before.stateDictionary, to: after.stateDictionary, rate: run.rate)
        try moves.expect(expected, "\(player) after step \(number)")
      }
    }
    expectNearKinksAlone(run.backend)
  }

  /// The mean objective of the iterate before each of the attack's steps.
  @Test(arguments: GoldenCoTraining.variants)
  func theAttacksObjectiveMatchesPyTorch(_ variant: String) throws {
    let steps = try GoldenCoTraining(variant, by: .exact).attack.steps
    let found = try (0..<steps).map { steps in
      let run = try GoldenCoTraining(variant, by: .exact)
      let given = run.step(1)
      let (x, labels) = (run.backend.tensor(try given.image("images")), try given.labels("labels"))
      var shorter = run.attack
      shorter.steps = steps
      let iterate = shorter.images(LabelledImages(x, labels), run.trainer.discriminator, run.threat, RandomStream(seed: 0)) {}
      var tape = Tape(on: run.backend)
      let pass = Pass(run.trainer.discriminator.parameters, .inference, learns: false, on: &tape)
      let output = run.trainer.discriminator.network(Images(constant: iterate), labels: nil, pass, &tape)
      return try objective(output, labels, &tape)
    }
    let expected = try GoldenCoTraining(variant, by: .exact).step(1).plain("attack_objective")
    expectAgreement(StateTensor(shape: [5], values: found), expected, "objective", within: .network)
  }

  /// 0.5 BCE(adversarial, real) + 0.5 CE(classes).
  private func objective(_ output: DiscriminatorOutput, _ labels: [Int], _ tape: inout Tape) throws -> Float {
    let adversarial = tape.meanBinaryCrossEntropy(try #require(output.adversarial), isOne: true)
    return tape.weightedSum([(0.5, adversarial), (0.5, tape.meanCrossEntropy(output.classLogits, labels))]).value.scalar
  }

  @Test func theVariantsAreOurLosses() throws {
    #expect(try GoldenCoTraining("corrected", by: .exact).weights == SplitLoss().weights)
    #expect(try GoldenCoTraining("as_published", by: .exact).weights == CrossEntropyWeights(fakeAdversarial: 1, fakeClass: 0))
    #expect(try GoldenCoTraining("acgan", by: .exact).weights == ACGANLoss().weights)
  }

  private func expectStep(_ seen: GoldenCoTraining.Seen, _ number: Int) throws {
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
    let names = ["real_adversarial": "real_bin", "real_class": "real_cls", "fake_adversarial": "fake_bin", "fake_class": "fake_cls"]
    #expect(seen.report.terms.map(\.name).sorted() == names.keys.sorted())
    for term in seen.report.terms { expectLoss(term.value, try loss(try #require(names[term.name])), term.name) }
    #expect(seen.report.lossReal + seen.report.lossFake == seen.report.loss)
    expectLoss(seen.report.loss, try loss("discriminator"), "loss of the discriminator")
    expectLoss(seen.generator[0].value, try loss("generator_bin"), seen.generator[0].name)
    expectLoss(seen.generator[1].value, try loss("generator_cls"), seen.generator[1].name)
    expectLoss(seen.generator.sum(), try loss("generator"), "loss of the generator")
  }
}
