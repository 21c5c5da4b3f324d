import AdvGAN
import NN
import Testing

/// What must hold of projected gradient ascent whatever the network and the images are.
@Suite struct AttackPropertyTests {
  private let backend = CPUBackend(threads: 1)

  @Test(arguments: AttackSubject.all, [false, true])
  func candidatesStayInTheBallAndInTheRange(_ subject: AttackSubject, _ randomStart: Bool) throws {
    // Steps that would leave the ball at once.
    let attack = pgd(step: 5, steps: 4, randomStart: randomStart)
    let x = subject.images(on: backend)
    let moved = try subject.model(on: backend).attacked(x, subject.labels, by: attack, epsilon: 8, subject.stream)
    let radius = Float(Epsilon.levels(8).onPaperScale)
    #expect(moved.shape == x.shape)
    // Rounding of x + d may add half a unit in the last place of 1.
    #expect(zip(x.values, moved.values).allSatisfy { abs($1 - $0) <= radius + 6e-8 })
    #expect(moved.values.allSatisfy { abs($0) <= 1 })
    #expect(zip(x.values, moved.values).contains { abs($1 - $0) > 0.99 * radius })
  }

  @Test(arguments: AttackSubject.all, ObjectiveCase.allCases)
  func theObjectiveRisesOnAverage(_ subject: AttackSubject, _ objective: ObjectiveCase) throws {
    let model = try subject.model(on: backend)
    let (x, labels) = (subject.images(on: backend), subject.labels)
    let attack = pgd(step: 2, steps: 5, objective)
    let moved = model.attacked(x, labels, by: attack, epsilon: 8, subject.stream)
    let (before, after) = (objective.objective.values(model, x, labels), objective.objective.values(model, moved, labels))
    #expect(after.reduce(0, +) > before.reduce(0, +))
  }

  /// With steps so small that the network is nearly linear.
  @Test(arguments: AttackSubject.all, ObjectiveCase.allCases)
  func smallStepsRaiseTheObjectiveOfMostImages(_ subject: AttackSubject, _ objective: ObjectiveCase) throws {
    let model = try subject.model(on: backend)
    let (x, labels) = (subject.images(on: backend), subject.labels)
    let attack = pgd(step: 0.05, steps: 3, objective)
    let moved = model.attacked(x, labels, by: attack, epsilon: 1, subject.stream)
    let risen = zip(objective.objective.values(model, x, labels), objective.objective.values(model, moved, labels)).count { $0 < $1 }
    #expect(risen >= 7, "of 8")
  }

  /// One step inside the ball is the fast gradient sign method, whose formula stands here once more.
  @Test(arguments: AttackSubject.judging, ObjectiveCase.allCases)
  func oneStepGoesAlongTheSignOfTheGradient(_ subject: AttackSubject, _ objective: ObjectiveCase) throws {
    let model = try subject.model(on: backend)
    let (x, labels) = (subject.images(on: backend), subject.labels)
    let moved = model.attacked(x, labels, by: pgd(step: 3, steps: 1, objective), epsilon: 8, subject.stream)
    let size = Float(6.0 / 255)
    let expected = zip(
      x.values, model.inputGradient(of: objective.objective, at: LabelledImages(x, labels)).gradient.values
    ).map { x, gradient in
      min(max(x + (gradient > 0 ? size : gradient < 0 ? -size : 0), -1), 1)
    }
    #expect(zip(moved.values, expected).allSatisfy { abs($0 - $1) <= 1.2e-7 })
  }

  @Test(arguments: AttackSubject.judging)
  func theTwoObjectivesLeadElsewhere(_ subject: AttackSubject) throws {
    let model = try subject.model(on: backend)
    let moved = ObjectiveCase.allCases.map { objective in
      model.attacked(subject.images(on: backend), subject.labels, by: pgd(step: 2, steps: 2, objective), epsilon: 8, subject.stream).values
    }
    let differing = zip(moved[0], moved[1]).count { $0 != $1 }
    #expect(differing > 100)
  }

  /// The path of an image does not depend on its batch.
  @Test(arguments: AttackSubject.all)
  func anImageIsAttackedAloneAsInABatch(_ subject: AttackSubject) throws {
    let model = try subject.model(on: backend)
    let (x, labels) = (subject.images(on: backend), subject.labels)
    let attack = pgd(step: 2, steps: 1)
    let together = model.attacked(x, labels, by: attack, epsilon: 8, subject.stream)
    for n in [0, 5] {
      let alone = model.attacked(backend.rows(x, n..<n + 1), [labels[n]], by: attack, epsilon: 8, subject.stream)
      let differing = zip(alone.values, backend.rows(together, n..<n + 1).values).count { abs($0 - $1) > 1e-6 }
      // Gradients of the last bits' size may change their sign.
      #expect(differing <= 3, "of 3072")
    }
  }

  private func pgd(step: Double, steps: Int, randomStart: Bool = false, _ objective: ObjectiveCase = .crossEntropy) -> PGD {
    PGD(steps: steps, step: .fixed(.levels(step)), randomStart: randomStart, objective: objective.objective)
  }
}
