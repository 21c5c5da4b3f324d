import NN
import TestSupport
import Testing

/// Gradients of smooth operations against central differences.
@Suite struct DerivativeTests {
  private let backend = CPUBackend(threads: 2)
  /// The third derivative at step 3e-3, and a loss rounded to Float32; measured up to 1.2e-4.
  private let smooth = 3e-4
  /// Rounding alone, central differences of linear operations being exact; measured up to 5e-7.
  private let linear = 2e-6

  @Test func ofTanh() {
    expectDerivative(at: backend.normal([2, 3, 4, 5], seed: 1), step: 3e-3, within: 5e-5, on: backend) { $1.tanh($0) }
  }

  @Test(arguments: [true, false]) func ofBinaryCrossEntropy(isOne: Bool) {
    expectDerivative(at: backend.scaled(backend.normal([9], seed: 1), by: 3), step: 3e-3, within: smooth, on: backend) {
      $1.binaryCrossEntropy($0, isOne: isOne)
    }
  }

  @Test func ofCrossEntropy() {
    expectDerivative(at: backend.scaled(backend.normal([4, 5], seed: 1), by: 2), step: 3e-3, within: smooth, on: backend) {
      $1.crossEntropy($0, [4, 0, 2, 2])
    }
  }

  @Test func ofAWeightedSum() {
    expectDerivative(at: backend.normal([4], seed: 1), step: 3e-3, within: smooth, on: backend) { x, tape in
      let terms = [tape.binaryCrossEntropy(x, isOne: true), tape.binaryCrossEntropy(x, isOne: false)]
      return tape.weightedSum([(0.25, terms[0]), (3, terms[1])])
    }
  }

  /// The batch's own batchStatistics, which move with x: by the input and both tables, classes uneven.
  @Test(arguments: [[6, 3], [4, 3, 5, 3]], [[], [1, 0, 1, 3]])
  func ofBatchNormInTraining(_ shape: [Int], _ labels: [Int]) {
    let labels = labels.isEmpty ? [] : labels + [Int](repeating: 2, count: shape[0] - 4)
    let categories = labels.isEmpty ? 1 : 4
    let x = uneven(shape)
    let (gamma, beta) = (backend.normal([categories, 3], seed: 2), backend.normal([categories, 3], seed: 3))
    expectDerivative(at: x, step: 3e-3, within: smooth, on: backend, "x") {
      $1.batchNormalise($0, gamma: Variable(constant: gamma), beta: Variable(constant: beta), labels: labels, epsilon: 1e-5).y
    }
    expectDerivative(at: gamma, step: 0.5, within: linear, on: backend, "gamma") {
      $1.batchNormalise(Variable(constant: x), gamma: $0, beta: Variable(constant: beta), labels: labels, epsilon: 1e-5).y
    }
    expectDerivative(at: beta, step: 0.5, within: linear, on: backend, "beta") {
      $1.batchNormalise(Variable(constant: x), gamma: Variable(constant: gamma), beta: $0, labels: labels, epsilon: 1e-5).y
    }
  }

  /// Given batchStatistics are constants.
  @Test(arguments: [[], [1, 0, 1, 3]])
  func ofBatchNormInInference(_ labels: [Int]) {
    let categories = labels.isEmpty ? 1 : 4
    let x = uneven([4, 3, 5, 3])
    let batchStatistics = backend.batchStatistics(uneven([4, 2, 2, 3]))
    let (gamma, beta) = (backend.normal([categories, 3], seed: 2), backend.normal([categories, 3], seed: 3))
    expectDerivative(at: x, step: 0.5, within: linear, on: backend, "x") {
      $1.normalise($0, by: batchStatistics, gamma: Variable(constant: gamma), beta: Variable(constant: beta), labels: labels, epsilon: 1e-5)
    }
    expectDerivative(at: gamma, step: 0.5, within: linear, on: backend, "gamma") {
      $1.normalise(Variable(constant: x), by: batchStatistics, gamma: $0, beta: Variable(constant: beta), labels: labels, epsilon: 1e-5)
    }
  }

  @Test func ofAConvolutionByEveryInput() {
    let shape = ConvolutionShape(kernel: 3, stride: 2, padding: 1)
    let (x, w, b) = (backend.normal([2, 5, 6, 3], seed: 1), backend.normal([3, 3, 3, 4], seed: 2), backend.normal([4], seed: 3))
    let (xs, ws, bs) = (Variable(constant: x), Variable(constant: w), Variable(constant: b))
    expectDerivative(at: x, step: 0.5, within: linear, on: backend, "x") { $1.convolution($0, ws, bias: bs, shape) }
    expectDerivative(at: w, step: 0.5, within: linear, on: backend, "w") { $1.convolution(xs, $0, bias: bs, shape) }
    expectDerivative(at: b, step: 0.5, within: linear, on: backend, "b") { $1.convolution(xs, ws, bias: $0, shape) }
  }

  @Test func ofALinearLayerByEveryInput() {
    let (x, w, b) = (backend.normal([5, 6], seed: 1), backend.normal([4, 6], seed: 2), backend.normal([4], seed: 3))
    let (xs, ws, bs) = (Variable(constant: x), Variable(constant: w), Variable(constant: b))
    expectDerivative(at: x, step: 0.5, within: linear, on: backend, "x") { $1.linear($0, ws, bias: bs) }
    expectDerivative(at: w, step: 0.5, within: linear, on: backend, "w") { $1.linear(xs, $0, bias: bs) }
    expectDerivative(at: b, step: 0.5, within: linear, on: backend, "b") { $1.linear(xs, ws, bias: $0) }
  }

  /// A value used three times: by itself, and on both sides of a sum.
  @Test func ofASharedInput() {
    expectDerivative(at: backend.normal([3, 4], seed: 1), step: 3e-3, within: 5e-5, on: backend) { x, tape in
      tape.add(tape.add(x, tape.tanh(x)), tape.tanh(x))
    }
  }

  /// The pool's share of the gradient is added to one that is there already; an odd size leaves pixels out of the pool alone.
  @Test(arguments: [[2, 4, 6, 3], [1, 5, 7, 2]]) func ofAnInputSharedWithAPool(_ shape: [Int]) {
    expectDerivative(at: backend.normal(shape, seed: 1), step: 3e-3, within: 5e-5, on: backend) { x, tape in
      tape.add(tape.averagePool(x, 2), tape.averagePool(tape.tanh(x), 2))
    }
  }

  /// Three channels: means 0, 3, -20; deviations 1, 0.5, 5.
  private func uneven(_ shape: [Int]) -> Tensor {
    let normal = backend.normal(shape, seed: 1).values
    let (means, deviations): ([Float], [Float]) = ([0, 3, -20], [1, 0.5, 5])
    return backend.tensor(normal.indices.map { means[$0 % 3] + deviations[$0 % 3] * normal[$0] }, shape)
  }
}
