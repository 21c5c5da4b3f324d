import NN
import TestSupport
import Testing

/// Operations with kinks: central differences away from them, exact numbers across them.
@Suite struct KinkTests {
  private let backend = CPUBackend(threads: 2)

  @Test(arguments: [0, 0.2, 1.5] as [Float]) func derivativesOfReLUsAwayFromZero(_ negativeSlope: Float) {
    let x = backend.tensor(backend.normal([3, 40], seed: 1).values.map { $0 < 0 ? $0 - 0.1 : $0 + 0.1 }, [3, 40])
    expectDerivative(at: x, step: 1e-2, within: 1e-4, on: backend) { $1.leakyReLU($0, negativeSlope: negativeSlope) }
  }

  @Test func derivativesOfMaximumPoolingAwayFromTies() {
    var stream = RandomStream(seed: 1)
    let x = backend.tensor(stream.permutation(96).map { Float($0) / 10 }, [2, 4, 6, 2])
    expectDerivative(at: x, step: 1e-2, within: 1e-4, on: backend) { $1.maximumPool($0) }
  }

  @Test func reluCutsAtZeroWhereItsSlopeIsZero() {
    let run = activated([-2, -1e-30, -0.0, 0, 1e-30, 2]) { $1.relu($0) }
    #expect(run.y == [0, 0, 0, 0, 1e-30, 2])
    #expect(run.dx == [0, 0, 0, 0, 5, 6])
  }

  @Test func leakyReLUBendsAtZeroWhereItsSlopeIsTheSmallOne() {
    let run = activated([-2, -4, -0.0, 0, 4, 2]) { $1.leakyReLU($0, negativeSlope: 0.25) }
    #expect(run.y == [-0.5, -1, 0, 0, 4, 2])
    #expect(run.dx == [0.25, 0.5, 0.75, 1, 5, 6])
  }

  @Test func reluPassesNaNOn() {
    #expect(activated([.nan]) { $1.relu($0) }.y[0].isNaN)
    #expect(activated([.nan]) { $1.leakyReLU($0, negativeSlope: 0.2) }.y[0].isNaN)
  }

  /// dy = 1, 2, 3, …
  private func activated(_ x: [Float], _ operation: (Variable, inout Tape) -> Variable) -> (y: [Float], dx: [Float]) {
    let dy = backend.tensor(x.indices.map { Float($0 + 1) }, [x.count])
    let run = LayerRun(backend, backend.tensor(x, [x.count]), dy: dy, operation)
    return (run.y.values, run.dx?.values ?? [])
  }

  @Test(arguments: 0..<4) func maximumPoolingSendsTheGradientToTheLargest(_ place: Int) {
    let x = (0..<4).map { $0 == place ? Float(-1) : Float(-2 - $0) }
    #expect(pooled(x).y == [-1])
    #expect(pooled(x).dx == (0..<4).map { $0 == place ? 7 : 0 })
  }

  @Test func maximumPoolingSendsTheGradientOfATieToItsFirstPixel() {
    #expect(pooled([3, 3, 3, 3]).dx == [7, 0, 0, 0])
    #expect(pooled([1, 3, 3, 2]).dx == [0, 7, 0, 0])
    #expect(pooled([1, 2, 3, 3]).dx == [0, 0, 7, 0])
  }

  @Test(arguments: 0..<4) func maximumPoolingPassesNaNOn(_ place: Int) {
    let run = pooled((0..<4).map { $0 == place ? .nan : Float($0) })
    #expect(run.y[0].isNaN)
    #expect(run.dx == (0..<4).map { $0 == place ? 7 : 0 })
  }

  /// One window of 2 x 2; dy = 7.
  private func pooled(_ x: [Float]) -> (y: [Float], dx: [Float]) {
    let run = LayerRun(backend, backend.tensor(x, [1, 2, 2, 1]), dy: backend.tensor([7], [1, 1, 1, 1])) { $1.maximumPool($0) }
    return (run.y.values, run.dx?.values ?? [])
  }

  @Test func poolingLeavesARemainderOut() {
    let x = backend.tensor((0..<15).map(Float.init), [1, 3, 5, 1])
    let largest = LayerRun(backend, x) { $1.maximumPool($0) }
    #expect(largest.y.shape == [1, 1, 2, 1] && largest.y.values == [6, 8])
    #expect(largest.dx?.values == (0..<15).map { $0 == 6 || $0 == 8 ? 1 : 0 })
    let mean = LayerRun(backend, x) { $1.averagePool($0, 2) }
    #expect(mean.y.shape == [1, 1, 2, 1] && mean.y.values == [3, 5])
    #expect(mean.dx?.values == (0..<15).map { [0, 1, 2, 3, 5, 6, 7, 8].contains($0) ? 0.25 : 0 })
  }
}
