import NN
import TestSupport
import Testing

/// Losses at the edges of Float32. Ordinary and extreme logits are compared with PyTorch's in the golden tests.
@Suite struct LossTests {
  private let backend = CPUBackend(threads: 1)

  @Test func equalLogitsCostTheLogarithmOfTheClasses() {
    let run = LayerRun(backend, backend.tensor([7, 7, 7, 7], [1, 4])) { $1.meanCrossEntropy($0, [2]) }
    expectAgreement(run.y, StateTensor(shape: [], values: [1.3862944]), "log 4", within: Tolerance(length: 1e-7, peak: 1e-7))
    #expect(run.dx?.values == [0.25, 0.25, -0.75, 0.25])
  }

  @Test(arguments: [Float(1e30), 1e4, -1e30]) func crossEntropyDoesNotOverflow(_ size: Float) {
    let run = LayerRun(backend, backend.tensor([size, 0, -size, 0], [2, 2])) { $1.meanCrossEntropy($0, [1, 1]) }
    let expected = Float(abs(Double(size)) / 2)
    #expect(run.y.scalar == expected)
    #expect(run.dx?.values.allSatisfy(\.isFinite) == true)
  }

  @Test(arguments: [true, false]) func binaryCrossEntropyDoesNotOverflow(isOne: Bool) {
    let run = LayerRun(backend, backend.tensor([3e38, -3e38], [2])) { $1.meanBinaryCrossEntropy($0, isOne: isOne) }
    #expect(run.y.scalar == 1.5e38)
    #expect(run.dx?.values == (isOne ? [0, -0.5] : [0.5, 0]))
  }

  @Test func lossesPassNaNOn() {
    #expect(LayerRun(backend, backend.tensor([0, .nan], [2])) { $1.meanBinaryCrossEntropy($0, isOne: true) }.y.scalar.isNaN)
    #expect(LayerRun(backend, backend.tensor([.nan, 0], [1, 2])) { $1.meanCrossEntropy($0, [1]) }.y.scalar.isNaN)
    #expect(LayerRun(backend, backend.tensor([0, .nan], [1, 2])) { $1.meanCrossEntropy($0, [0]) }.y.scalar.isNaN)
  }

  @Test func confidentAnswersCostNothingOrTheirLogit() {
    #expect(LayerRun(backend, backend.tensor([200], [1])) { $1.meanBinaryCrossEntropy($0, isOne: true) }.y.scalar < 1e-30)
    #expect(LayerRun(backend, backend.tensor([200], [1])) { $1.meanBinaryCrossEntropy($0, isOne: false) }.y.scalar == 200)
  }

  @Test func lossesOfEachExampleHaveTheFusedMeanAndItsGradient() {
    let labels = [2, 0, 1, 3, 2, 2, 1]
    let logits = backend.normal([7, 4], seed: 3)
    let judged = backend.normal([7, 1], seed: 4)
    let tolerance = Tolerance(length: 1e-6, peak: 1e-6)
    let pairs: [(LayerRun, LayerRun)] = [
      (
        LayerRun(backend, logits) { $1.mean($1.crossEntropy($0, labels)) },
        LayerRun(backend, logits) { $1.meanCrossEntropy($0, labels) }
      ),
      (
        LayerRun(backend, judged) { $1.mean($1.binaryCrossEntropy($0, isOne: true)) },
        LayerRun(backend, judged) { $1.meanBinaryCrossEntropy($0, isOne: true) }
      ),
    ]
    for (apart, fused) in pairs {
      #expect(apart.y.shape == [] && fused.y.shape == [])
      expectAgreement(apart.y, StateTensor(shape: [], values: fused.y.values), "mean", within: tolerance)
      guard let given = fused.dx else { continue }
      expectAgreement(apart.dx ?? apart.y, StateTensor(shape: given.shape, values: given.values), "gradient", within: tolerance)
    }
  }

  @Test func oneExamplesLossIsThatOfTheExampleAlone() {
    let logits = backend.normal([3, 4], seed: 5)
    let all = LayerRun(backend, logits) { $1.crossEntropy($0, [1, 3, 0]) }
    for (n, label) in [1, 3, 0].enumerated() {
      #expect(LayerRun(backend, backend.rows(logits, n..<n + 1)) { $1.meanCrossEntropy($0, [label]) }.y.values == [all.y.values[n]])
    }
  }
}
