import TestSupport
import Testing

@testable import NN

/// What a tape records, and what its walk gives back.
@Suite struct TapeTests {
  private let backend = CPUBackend(threads: 1)
  private var one: Tensor { backend.tensor([1, 2, 3], [3]) }

  @Test func operationsOnConstantsRecordNothing() {
    var tape = Tape(on: backend)
    let x = Variable(constant: one)
    let y = tape.tanh(tape.add(x, tape.reshape(x, [3])))
    #expect(!y.isTraced)
    #expect(tape.gradients(of: y, weightedBy: one)[x] == nil)
  }

  @Test func aConstantBesideATracedValueGetsNoGradient() {
    var tape = Tape(on: backend)
    let (x, k) = (tape.trace(one), Variable(constant: one))
    let gradients = tape.gradients(of: tape.add(x, k), weightedBy: one)
    #expect(gradients[x]?.values == [1, 2, 3])
    #expect(gradients[k] == nil)
  }

  @Test(arguments: [(true, false), (false, true)]) func onlyWantedGradientsAreGiven(_ byInput: Bool, _ byWeight: Bool) {
    var tape = Tape(on: backend)
    let (xs, ws) = (backend.normal([2, 4, 4, 3], seed: 1), backend.normal([3, 3, 3, 3], seed: 2))
    let table = backend.normal([1, 3], seed: 3)
    let x = byInput ? tape.trace(xs) : Variable(constant: xs)
    let w = byWeight ? tape.trace(ws) : Variable(constant: ws)
    let gamma = byWeight ? tape.trace(table) : Variable(constant: table)
    let beta = Variable(constant: table)
    let y = tape.convolution(x, w, bias: nil, ConvolutionShape(kernel: 3, padding: 1))
    let z = tape.batchNormalise(y, gamma: gamma, beta: beta, labels: [], epsilon: 1e-5).y
    let gradients = tape.gradients(of: z, weightedBy: xs)
    #expect((gradients[x] != nil) == byInput)
    #expect((gradients[w] != nil) == byWeight)
    #expect((gradients[gamma] != nil) == byWeight)
    #expect(gradients[beta] == nil)
  }

  @Test func aSharedInputGetsTheSumOfItsGradients() {
    var tape = Tape(on: backend)
    let x = tape.trace(one)
    let y = tape.add(tape.add(x, x), x)
    #expect(tape.gradients(of: y, weightedBy: one)[x]?.values == [3, 6, 9])
  }

  /// Sums of gradients are written in place; the weights, shared by both ways, must not change under it.
  @Test func accumulatingLeavesSharedGradientsAlone() {
    var tape = Tape(on: backend)
    let (a, b) = (tape.trace(one), tape.trace(one))
    let weights = one
    let gradients = tape.gradients(of: tape.add(tape.add(a, b), a), weightedBy: weights)
    #expect(gradients[a]?.values == [2, 4, 6])
    #expect(gradients[b]?.values == [1, 2, 3])
    #expect(weights.values == [1, 2, 3])
  }

  @Test func anUnusedLeafHasNoGradient() {
    var tape = Tape(on: backend)
    let (used, unused) = (tape.trace(one), tape.trace(one))
    let gradients = tape.gradients(of: tape.tanh(used), weightedBy: one)
    #expect(gradients[used] != nil)
    #expect(gradients[unused] == nil)
  }

  @Test func whatComesAfterTheResultDoesNotCount() {
    var tape = Tape(on: backend)
    let x = tape.trace(one)
    let y = tape.add(x, x)
    _ = tape.add(y, x)
    #expect(tape.gradients(of: y, weightedBy: one)[x]?.values == [2, 4, 6])
  }

  @Test func aLeafIsItsOwnResult() {
    var tape = Tape(on: backend)
    let x = tape.trace(one)
    #expect(tape.gradients(of: x, weightedBy: one)[x]?.values == [1, 2, 3])
  }

  @Test func intermediateValuesAreNoLeaves() {
    var tape = Tape(on: backend)
    let y = tape.tanh(tape.trace(one))
    #expect(tape.gradients(of: y, weightedBy: one)[y] == nil)
  }

  @Test func aLossIsDifferentiatedWithWeightOne() {
    var tape = Tape(on: backend)
    let x = tape.trace(backend.tensor([0, 0], [2]))
    let gradients = tape.gradients(of: tape.meanBinaryCrossEntropy(x, isOne: true))
    #expect(gradients[x]?.values == [-0.25, -0.25])
  }

  @Test func reshapingKeepsTheNumbersAndGivesTheGradientItsShapeBack() {
    var tape = Tape(on: backend)
    let x = tape.trace(backend.tensor([1, 2, 3, 4, 5, 6], [2, 3]))
    let y = tape.reshape(x, [3, 1, 2])
    #expect(y.shape == [3, 1, 2] && y.value.values == x.value.values)
    let gradient = tape.gradients(of: y, weightedBy: backend.tensor([6, 5, 4, 3, 2, 1], [3, 1, 2]))[x]
    #expect(gradient?.shape == [2, 3] && gradient?.values == [6, 5, 4, 3, 2, 1])
  }

  @Test func aWeightedSumAddsItsTerms() {
    var tape = Tape(on: backend)
    let (a, b) = (tape.trace(backend.tensor([2], [])), tape.trace(backend.tensor([5], [])))
    let total = tape.weightedSum([(0.5, a), (3, b)])
    #expect(total.shape == [] && total.value.scalar == 16)
    let gradients = tape.gradients(of: total)
    #expect(gradients[a]?.scalar == 0.5 && gradients[b]?.scalar == 3)
  }

  /// Left out altogether: 0 times an infinite loss would be NaN, and its gradient would be walked for nothing.
  @Test func aWeightedSumLeavesTermsOfWeightZeroOut() {
    var tape = Tape(on: backend)
    let (a, b) = (tape.trace(backend.tensor([2], [])), tape.trace(backend.tensor([.infinity], [])))
    let total = tape.weightedSum([(0.5, a), (0, b)])
    #expect(total.value.scalar == 1)
    #expect(tape.gradients(of: total)[b] == nil)
    var empty = Tape(on: backend)
    let nothing = empty.weightedSum([(0, a)])
    #expect(nothing.value.scalar == 0 && !nothing.isTraced)
  }
}
