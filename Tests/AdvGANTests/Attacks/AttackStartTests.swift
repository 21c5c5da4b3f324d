import AdvGAN
import NN
import TestSupport
import Testing

/// Where attacks start, what they see on the way, and what leaves an image as it is.
@Suite struct AttackStartTests {
  private let backend = CPUBackend(threads: 1)
  private let subject = AttackSubject(network: "resnet32", seed: 4)

  @Test func noStepsGiveTheImageItself() throws {
    for randomStart in [false, true] { expectSame(try attacked(epsilon: 8, step: 2, steps: 0, randomStart), images) }
  }

  @Test func aBallOfNoSizeGivesTheImageItself() throws {
    for randomStart in [false, true] { expectSame(try attacked(epsilon: 0, step: 2, steps: 3, randomStart), images) }
  }

  @Test func withoutAGradientNothingMoves() throws {
    var model = try subject.model(on: backend)
    for index in model.parameters.learned { model.parameters.update(index) { $0 = backend.zeros($0.shape) } }
    let attack = PGD(steps: 3, step: .fixed(.levels(2)), randomStart: false, objective: BothHeadsObjective())
    expectSame(model.attacked(subject.images(on: backend), subject.labels, by: attack, epsilon: 8, subject.stream), images)
  }

  @Test func theSignOfZeroIsZero() {
    var x = backend.tensor([0, 0, 0, 0, 0], [5])
    let gradient = backend.tensor([2, -1e-30, 0, -0.0, .leastNonzeroMagnitude], [5])
    backend.signStep(&x, from: x, along: gradient, BallStep(step: 0.25, radius: 1))
    #expect(x.values == [0.25, -0.25, 0, 0, 0.25])
  }

  @Test func aStepIsCutToTheBallAndThenToTheRange() {
    var moved = backend.tensor([0.5, 0.5, 0.95, -0.95], [4])
    let x = backend.tensor([0.5, 0.25, 0.95, -0.95], [4])
    backend.signStep(&moved, from: x, along: backend.tensor([1, 1, 1, -1], [4]), BallStep(step: 0.5, radius: 0.375))
    #expect(moved.values == [0.875, 0.625, 1, -1])
  }

  @Test func equalStreamsGiveEqualStartsAndOthersOthers() throws {
    let own = try attacked(epsilon: 8, step: 2, steps: 2, true)
    expectSame(try attacked(epsilon: 8, step: 2, steps: 2, true), own.values)
    for other in [
      try attacked(epsilon: 8, step: 2, steps: 2, true, subject.stream.derived("another")),
      try attacked(epsilon: 8, step: 2, steps: 2, false),
    ] {
      let differing = zip(other.values, own.values).count { $0 != $1 }
      #expect(differing > 10_000, "of 24,576")
    }
  }

  @Test func aFixedStartNeedsNoChance() throws {
    expectSame(
      try attacked(epsilon: 8, step: 2, steps: 2, false, subject.stream.derived("another")),
      try attacked(epsilon: 8, step: 2, steps: 2, false).values)
  }

  /// A step of size 0 leaves the start as it is.
  @Test func randomStartsFillTheBallEvenly() throws {
    let radius = Float(16.0 / 255)
    let offsets = zip(try attacked(epsilon: 8, step: 0, steps: 1, true).values, images).filter { abs($1) < 0.9 }.map {
      ($0 - $1) / radius
    }
    let count = Float(offsets.count)
    #expect(offsets.allSatisfy { abs($0) <= 1 + 2e-6 })
    #expect(abs(offsets.reduce(0, +) / count) <= 5 / (3 * count).squareRoot())
    #expect(abs(offsets.reduce(0) { $0 + $1 * $1 } / count - 1.0 / 3) <= 5 * (4 / (45 * count)).squareRoot())
  }

  @Test func theWatcherSeesEveryIterateButTheLast() throws {
    let model = try subject.model(on: backend)
    let x = subject.images(on: backend)
    var seen: [[Float]] = []
    var attack = PGD(steps: 3, step: .fixed(.levels(2)), randomStart: false)
    let batch = LabelledImages(x, subject.labels)
    let threat = Threat(radius: .levels(8))
    let last = attack.run(batch, model, threat, subject.stream, check: {}) { seen.append($0.classLogits?.values ?? []) }
    #expect(seen.count == 3)
    #expect(seen.first == model.classLogits(x).values)
    #expect(!seen.contains(model.classLogits(last).values))
    // The iterate after two steps is what an attack of two steps gives back.
    attack.steps = 2
    let second = attack.images(batch, model, threat, subject.stream) {}
    #expect(seen.last == model.classLogits(second).values)
  }

  private var images: [Float] { subject.images(on: backend).values }

  private func attacked(
    epsilon: Double, step: Double, steps: Int, _ randomStart: Bool, _ stream: RandomStream? = nil
  ) throws -> Tensor {
    let attack = PGD(steps: steps, step: .fixed(.levels(step)), randomStart: randomStart, objective: BothHeadsObjective())
    return try subject.model(on: backend).attacked(
      subject.images(on: backend), subject.labels, by: attack, epsilon: epsilon, stream ?? subject.stream)
  }

  /// The very same numbers.
  private func expectSame(_ found: Tensor, _ expected: [Float], sourceLocation: SourceLocation = #_sourceLocation) {
    expectAgreement(
      found, StateTensor(shape: found.shape, values: expected), "images", within: .exact, sourceLocation: sourceLocation)
  }
}
