import NN
import TestSupport
import Testing

/// One step of the attack: along signs, inside the ball, inside the range.
@Suite struct SignStepTests {
  private let backend = CPUBackend(threads: 2)

  private func moved(_ from: [Float], _ gradient: [Float], at: [Float]? = nil, _ step: BallStep) -> [Float] {
    var x = backend.tensor(at ?? from, [from.count])
    backend.signStep(&x, from: backend.tensor(from, [from.count]), along: backend.tensor(gradient, [from.count]), step)
    return x.values
  }

  @Test func goesAlongTheSignWhateverTheSize() {
    #expect(moved([0, 0, 0, 0], [1e-30, -1e-30, 1e30, -.infinity], BallStep(step: 0.25, radius: 1)) == [0.25, -0.25, 0.25, -0.25])
  }

  @Test func staysWhereTheGradientIsZero() {
    #expect(moved([0.5, 0.5, 0.5], [0, -0.0, 1], BallStep(step: 0.25, radius: 1)) == [0.5, 0.5, 0.75])
  }

  @Test func staysInsideTheBallAroundTheOriginal() {
    let step = BallStep(step: 0.25, radius: 0.375)
    #expect(moved([0, 0, 0], [1, -1, 1], at: [0.25, -0.25, -0.25], step) == [0.375, -0.375, 0])
  }

  @Test func comesBackIntoTheBall() {
    #expect(moved([0, 0], [0, 0], at: [0.9, -0.9], BallStep(step: 0.25, radius: 0.5)) == [0.5, -0.5])
  }

  @Test func staysInsideTheRange() {
    #expect(moved([0.9, -0.9, 1], [1, -1, 0], BallStep(step: 0.5, radius: 0.5)) == [1, -1, 1])
    #expect(moved([0.5, 0.5], [1, -1], BallStep(step: 0.5, radius: 0.5, low: 0.25, high: 0.75)) == [0.75, 0.25])
  }

  @Test func aRadiusOfZeroChangesNothing() { #expect(moved([0.3, -0.3], [1, -1], BallStep(step: 0.5, radius: 0)) == [0.3, -0.3]) }

  /// The result is rounded, so it may pass the ball by half a unit in the last place, no more.
  @Test func manyStepsStayInsideBallAndRange() {
    let x = backend.tensor(backend.normal([3000], seed: 1).values.map { min(max($0 * 0.7, -1), 1) }, [3000])
    let radius: Float = 8 / 127.5
    var adversarial = x
    for step in 0..<20 {
      backend.signStep(
        &adversarial, from: x, along: backend.normal([3000], seed: 50 + UInt64(step)), BallStep(step: 2 / 127.5, radius: radius))
    }
    let distances = zip(adversarial.values, x.values).map { abs($0 - $1) }
    #expect(distances.allSatisfy { $0 <= radius + 6e-8 })
    #expect(adversarial.values.allSatisfy { $0 >= -1 && $0 <= 1 })
    #expect(distances.contains { $0 > radius * 0.99 }, "none reached the edge")
  }

  @Test func theOriginalIsUntouched() {
    let x = backend.tensor([0, 0], [2])
    var adversarial = x
    backend.signStep(&adversarial, from: x, along: backend.tensor([1, -1], [2]), BallStep(step: 0.5, radius: 1))
    #expect(x.values == [0, 0])
    #expect(adversarial.values == [0.5, -0.5])
  }
}
