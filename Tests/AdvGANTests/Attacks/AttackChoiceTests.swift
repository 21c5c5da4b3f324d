import Jobs
import NN
import Testing

@testable import AdvGAN

/// How job files and the command line name attacks, and what attacks make of several runs.
@Suite struct AttackChoiceTests {
  private let backend = CPUBackend(threads: 1)

  private func read(_ value: JSON?, isNone: Bool = false) throws -> TrainingAttack? {
    var reader = SettingsReader(value.map { ["attack": $0] } ?? [:], owner: "the test")
    return try reader.attack(
      "attack", defaults: ["epsilon": "4/255", "steps": 5, "objective": "both"], isNone: isNone, "the attack of a test")
  }

  @Test(arguments: [nil, "pgd", .object([:]), .object(["kind": "pgd"])] as [JSON?])
  func aWordIsShortForAnAttackWithTheDefaultsOfItsStage(_ value: JSON?) throws {
    let expected: JSON = .object([
      "kind": "pgd", "norm": "linf", "epsilon": "4/255", "steps": 5, "step": "2.5 epsilon / steps", "random_start": true, "restarts": 1,
      "objective": "both", "counted": "every",
    ])
    let attack = try #require(try read(value))
    #expect(attack.threat == Threat(radius: .levels(4)))
    #expect(JSON(encoding: attack.choice.record) == expected)
  }

  @Test func noneIsNoAttack() throws {
    #expect(try read("none") == nil && read(nil, isNone: true) == nil && read(.object(["kind": "none"])) == nil)
    #expect(try read("pgd", isNone: true) != nil)
    #expect(throws: JobFileError.self) { try read(.object(["kind": "none", "steps": 3])) }
  }

  @Test(arguments: [
    ("2/255", StepSize.fixed(.levels(2)), "2/255"), ("2.5 epsilon / steps", .share(2.5), "2.5 epsilon / steps"),
    ("epsilon / steps", .share(1), "epsilon / steps"), ("1 epsilon / steps", .share(1), "epsilon / steps"),
  ])
  func aStepIsASizeOrAShareOfTheWay(_ text: String, _ step: StepSize, _ spelling: String) {
    #expect(StepSize(parsing: text) == step && step.text == spelling)
  }

  @Test(arguments: ["", "epsilon", "0 epsilon / steps", "-1 epsilon / steps", "2 epsilon", "2 2 epsilon / steps", "epsilon / 5", "nan", "2"])
  func whatIsNoStepIsRefused(_ text: String) { #expect(StepSize(parsing: text) == nil) }

  @Test func aShareIsCutToTheRangeOfImages() {
    #expect(StepSize.share(2.5).size(in: .levels(8), steps: 10) == .levels(2))
    #expect(StepSize.share(2.5).size(in: Epsilon(onUnitScale: 0.9), steps: 1) == Epsilon(onUnitScale: 1))
  }

  /// Of several runs, training takes the worst for each image.
  @Test func moreRunsRaiseTheObjectiveOfEveryImage() throws {
    let subject = AttackSubject(network: "resnet32", seed: 3)
    let model = try subject.model(on: backend)
    let (x, labels) = (subject.images(on: backend), subject.labels)
    func values(_ restarts: Int) -> [Float] {
      let attack = PGD(steps: 1, step: .fixed(.levels(1)), randomStart: true, restarts: restarts)
      let images = model.attacked(x, labels, by: attack, epsilon: 8, subject.stream)
      return CrossEntropyObjective().values(model, images, labels)
    }
    let (one, three) = (values(1), values(3))
    // Alone and in a batch an image's loss is the same but for rounding.
    #expect(zip(one, three).allSatisfy { $1 >= $0 - 1e-5 } && zip(one, three).contains { $1 > $0 + 1e-3 })
  }

  @Test func everyImageThatIsShownIsAQuery() throws {
    let scene = try AttackScene(AttackSubject(network: "resnet32", seed: 0), on: backend)
    let attack = PGD(steps: 3, step: .fixed(.levels(0)), randomStart: false, restarts: 2, counted: .last)
    let found = attack.attack(
      LabelledImages(scene.x, scene.labels), scene.model, Threat(radius: .levels(8)), scene.subject.stream) {}
    #expect(found.verdicts == scene.wasCorrect.map { $0 ? .survived : .fooled })
    // Eight images in four iterates, and the six that stand once more.
    #expect(found.queries == 8 * 4 + 6 * 4)
    #expect(found.images.values == scene.x.values)
  }

  @Test func anAttackIsLeftBetweenTwoStepsOnly() throws {
    struct Left: Error {}
    let subject = AttackSubject(network: "resnet32", seed: 0)
    let model = try subject.model(on: backend)
    var checks = 0
    func run(leavingAt last: Int) throws {
      checks = 0
      _ = try PGD(steps: 3, randomStart: true).images(
        LabelledImages(subject.images(on: backend), subject.labels), model, Threat(radius: .levels(8)), subject.stream
      ) {
        checks += 1
        if checks == last { throw Left() }
      }
    }
    try run(leavingAt: 4)
    #expect(checks == 3)
    #expect(throws: Left.self) { try run(leavingAt: 2) }
    #expect(checks == 2)
  }
}
