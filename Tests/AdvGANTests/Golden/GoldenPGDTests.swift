import AdvGAN
import NN
import TestSupport
import Testing

/// PGD-20 on 200 test images against a small robust network, decision by decision against PyTorch.
@Suite struct GoldenPGDTests {
  /// A decision may differ where PyTorch's margin between two logits is smaller: PyTorch's own float64 run has margins up to 3.4e-3
  /// from those of its Float32, since signs of nearly vanishing gradients change.
  private static let tie: Float = 4e-3
  /// How many of 200 decisions may be explained so (measured: none).
  private static let tiesAllowed = 1

  private struct Numbers: Decodable { let epsilon: String, step: String, survive: Int }
  private struct AttackSettings: Decodable { let steps: Int, randomStart: Bool }
  private struct Mean: Decodable { let mean: Double }

  private let backend = CPUBackend(threads: 2)

  @Test(arguments: ["epsilon2", "epsilon4", "epsilon8", "epsilon8_step12"])
  func everyDecisionIsPyTorchs(_ group: String) throws {
    let scene = try GoldenAttacks(on: backend)
    let given = scene.fixture.sibling(group)
    let numbers = try given.settings(Numbers.self)
    let attack = RecordedAttack(try pgd(numbers, try given.settings(AttackSettings.self, "attack")))
    let threat = Threat(radius: try #require(Epsilon(parsing: numbers.epsilon)))
    let every = survivors(scene, attack, threat)
    let last = survivors(scene, try #require(attack.replay), threat)

    // An image that is wrong unattacked is not attacked here, whatever became of it in PyTorch.
    let expectedLast = zip(try given.labels("correct_last"), scene.wasCorrect).map { $0 == 1 && $1 }
    expectDecisions(every, try given.labels("survives").map { $0 == 1 }, try given.plain("margin_least"), "every iterate")
    expectDecisions(last, expectedLast, try given.plain("margin_last"), "last iterate")
    let robust = Double(every.count(where: \.self)) / 200
    #expect(abs(robust - Double(numbers.survive) / 200) <= Double(Self.tiesAllowed) / 200)
    try expectLogits(attack, scene, given)
  }

  @Test func imagesAreRightUnattackedWhereTheyAreInPyTorch() throws {
    let scene = try GoldenAttacks(on: backend)
    let given = scene.fixture.sibling("epsilon0")
    #expect(scene.wasCorrect == (try given.labels("correct_last").map { $0 == 1 }))
    expectAgreement(scene.model.classLogits(scene.x), try given.plain("logits_last"), "logits", within: .network)
  }

  @Test func theLipschitzValuesArePyTorchs() throws {
    let scene = try GoldenAttacks(on: backend)
    let norms = LocalLipschitz().measure(LabelledImages(scene.x, scene.labels), scene.model, RandomStream(seed: 0)) {}[0]
    let given = scene.fixture.sibling("lipschitz")
    expectAgreement(
      StateTensor(shape: [200], values: norms.map { Float($0) }), try given.plain("norm"), "norms", within: .network)
    let mean = norms.reduce(0, +) / 200
    #expect(abs(mean / (try given.settings(Mean.self).mean) - 1) < 1e-4)
  }

  private func pgd(_ numbers: Numbers, _ settings: AttackSettings) throws -> PGD {
    PGD(steps: settings.steps, step: .fixed(try #require(Epsilon(parsing: numbers.step))), randomStart: settings.randomStart)
  }

  private func survivors(_ scene: GoldenAttacks, _ attack: any Attack, _ threat: Threat) -> [Bool] {
    attack.verdicts(LabelledImages(scene.x, scene.labels), scene.model, threat, wasCorrect: scene.wasCorrect, RandomStream(seed: 0)) {}
      .map { $0 == .survived }
  }

  private func expectDecisions(_ found: [Bool], _ expected: [Bool], _ margins: StateTensor, _ rule: String) {
    let differing = expected.indices.filter { found[$0] != expected[$0] }
    for place in differing {
      #expect(abs(margins.values[place]) < Self.tie, "image \(place), \(rule): \(found[place])")
    }
    #expect(differing.count <= Self.tiesAllowed, "\(rule)")
  }

  /// The logits after the attack, of the images that were attacked. Where steps overshoot, a changed sign leads an image elsewhere
  /// (measured: 3 of 97 images beyond the tie with steps of 12/255, by at most 0.04; none with 2/255).
  private func expectLogits(_ attack: RecordedAttack, _ scene: GoldenAttacks, _ given: Fixture) throws {
    let logits = StateTensor(scene.model.classLogits(try #require(attack.last)))
    let expected = try given.plain("logits_last")
    let attacked = scene.labels.indices.filter { scene.wasCorrect[$0] }
    let overshoots = given.group == "epsilon8_step12"
    let strays = attacked.enumerated().count { row, place in
      disagreement(logits.row(row), expected.row(place), Self.within(Self.tie)) != nil
    }
    #expect(strays <= (overshoots ? 6 : 0), "of \(attacked.count) images")
    for (row, place) in attacked.enumerated() {
      expectAgreement(logits.row(row), expected.row(place), "image \(place)", within: Self.within(0.15))
    }
  }

  private static func within(_ size: Float) -> Tolerance { Tolerance(length: 0, peak: 0, absolute: Double(size)) }
}
