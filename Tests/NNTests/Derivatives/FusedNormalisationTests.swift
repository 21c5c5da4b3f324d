import TestSupport
import Testing

@testable import NN

/// Batch norm with the averaging over 2 x 2 pixels and the sum behind it, by every set of kernels.
@Suite struct FusedNormalisationTests {
  /// Odd sizes leave a row or a column out of the averages, yet their pixels count in the batchStatistics.
  static let sizes = [[4, 6], [5, 4], [4, 7], [5, 7], [2, 3], [1, 1]]

  /// The result and every gradient, from the batchStatistics of x as in training and from given ones.
  @Test(arguments: KernelChoice.runnable, sizes)
  func isTheCompositionOfItsParts(_ kernels: KernelChoice, _ size: [Int]) {
    for labels in [[], [1, 0, 3]] {
      for throughStatistics in [true, false] {
        let scene = Scene([3] + size + [5], labels, throughStatistics, on: CPUBackend(threads: 2, kernels: kernels))
        // Single-precision sums of x̂ over many pixels; measured: 4e-7 of the length.
        let tolerance = Tolerance(length: 2e-6, peak: 4e-6, absolute: 1e-7)
        for halves in [false, true] {
          for (name, found, expected) in scene.comparisons(halves: halves) {
            expectAgreement(
              found, expected, "\(name), halves \(halves), labels \(labels), through batchStatistics \(throughStatistics)", within: tolerance)
          }
        }
      }
    }
  }

  /// By x with the batch's own batchStatistics; by the rest, on which it depends linearly, with large steps.
  @Test(arguments: KernelChoice.runnable, [[5, 4], [4, 7]])
  func gradientsForetellChanges(_ kernels: KernelChoice, _ size: [Int]) {
    let backend = CPUBackend(threads: 2, kernels: kernels)
    let x = backend.normal([3] + size + [3], seed: 1)
    let (gamma, beta) = (backend.normal([4, 3], seed: 2), backend.normal([4, 3], seed: 3))
    let residual = backend.normal([3, size[0] / 2, size[1] / 2, 3], seed: 4)
    func layer(_ x: Variable, _ gamma: Variable, _ beta: Variable, _ residual: Variable, _ tape: inout Tape) -> Variable {
      tape.batchNormalise(x, gamma: gamma, beta: beta, labels: [1, 0, 3], epsilon: 1e-5, halves: true, residual: residual).y
    }
    let (xs, gs, bs, rs) = (Variable(constant: x), Variable(constant: gamma), Variable(constant: beta), Variable(constant: residual))
    expectDerivative(at: x, step: 3e-3, within: 3e-4, on: backend, "x") { layer($0, gs, bs, rs, &$1) }
    expectDerivative(at: gamma, step: 0.5, within: 2e-6, on: backend, "gamma") { layer(xs, $0, bs, rs, &$1) }
    expectDerivative(at: beta, step: 0.5, within: 2e-6, on: backend, "beta") { layer(xs, gs, $0, rs, &$1) }
    expectDerivative(at: residual, step: 0.5, within: 2e-6, on: backend, "residual") { layer(xs, gs, bs, $0, &$1) }
  }

  /// A row of pixels that the averages leave out has a gradient all the same: it moves the batchStatistics.
  @Test func pixelsSkippedOfTheAveragesStillMoveTheMoments() {
    let scene = Scene([3, 5, 5, 5], [], true, on: CPUBackend(threads: 1))
    let last = scene.fused(halves: true).x.values.suffix(5 * 5)
    #expect(last.contains { $0 != 0 })
  }
}

/// One normalisation in Double, part by part, and by the backend.
private struct Scene {
  private let backend: CPUBackend
  private let x: Tensor, gamma: Tensor, beta: Tensor
  private let labels: [Int], throughStatistics: Bool
  private let batchStatistics: BatchStatistics
  private let epsilon: Float = 1e-3

  init(_ shape: [Int], _ labels: [Int], _ throughStatistics: Bool, on backend: CPUBackend) {
    (self.backend, self.labels, self.throughStatistics) = (backend, labels, throughStatistics)
    let normal = backend.normal(shape, seed: 1).values
    x = backend.tensor(normal.indices.map { [0, 3, -20, 0, 1][$0 % 5] + [1, 0.5, 5, 1e-2, 2][$0 % 5] * normal[$0] }, shape)
    let tables = [labels.isEmpty ? 1 : 4, shape[3]]
    (gamma, beta) = (backend.normal(tables, seed: 2), backend.normal(tables, seed: 3))
    let other = backend.tensor((0..<40).map { Float($0 % 7) - Float($0 % 5) }, [2, 2, 2, 5])
    batchStatistics = throughStatistics ? backend.batchStatistics(x) : backend.batchStatistics(other)
  }

  private func outputShape(_ halves: Bool) -> [Int] { halves ? [x.shape[0], x.shape[1] / 2, x.shape[2] / 2, x.shape[3]] : x.shape }

  func fused(halves: Bool) -> (y: Tensor, x: Tensor, gamma: Tensor, beta: Tensor) {
    let normalisation = Normalisation(batchStatistics, epsilon: epsilon, gamma: gamma, labels: labels, halves: halves)
    let shape = outputShape(halves)
    let y = backend.normalise(x, by: normalisation, beta: beta, residual: backend.normal(shape, seed: 4))
    let gradients = backend.normaliseGradients(
      x, backend.normal(shape, seed: 5), by: normalisation, throughStatistics: throughStatistics, wants: .init(x: true, tables: true))
    return (y, gradients.x ?? y, gradients.gamma ?? y, gradients.beta ?? y)
  }

  func comparisons(halves: Bool) -> [(String, StateTensor, StateTensor)] {
    let found = fused(halves: halves)
    let (h, w, c) = (x.shape[1], x.shape[2], x.shape[3])
    let (mean, deviation) = statistics()
    func table(_ place: Int) -> Int { labels.isEmpty ? 0 : labels[place / (h * w * c)] * c }
    let centred = x.values.enumerated().map { (Double($1) - mean[$0 % c]) / deviation[$0 % c] }

    // Where a number of x goes; nil where it is skipped.
    let shape = outputShape(halves)
    func output(_ place: Int) -> Int? {
      let (j, column, row, i) = (place % c, place / c % w, place / c / w % h, place / c / w / h)
      let (r, s) = halves ? (row / 2, column / 2) : (row, column)
      return r < shape[1] && s < shape[2] ? ((i * shape[1] + r) * shape[2] + s) * c + j : nil
    }
    let share = halves ? 0.25 : 1
    var y = backend.normal(shape, seed: 4).values.map(Double.init)
    let given = backend.normal(shape, seed: 5).values.map(Double.init)
    let dy = centred.indices.map { place in output(place).map { share * given[$0] } ?? 0 }
    var (dGamma, dBeta) = ([Double](repeating: 0, count: gamma.count), [Double](repeating: 0, count: gamma.count))
    var (sums, products) = ([Double](repeating: 0, count: c), [Double](repeating: 0, count: c))
    let (gammas, betas) = (gamma.values, beta.values)
    for (place, number) in centred.enumerated() {
      let (j, row) = (place % c, table(place) + place % c)
      if let to = output(place) { y[to] += share * (Double(gammas[row]) * number + Double(betas[row])) }
      dBeta[row] += dy[place]
      dGamma[row] += dy[place] * number
      sums[j] += Double(gammas[row]) * dy[place]
      products[j] += Double(gammas[row]) * dy[place] * number
    }
    let population = throughStatistics ? Double(centred.count / c) : .infinity
    let dx = centred.enumerated().map { place, number in
      let j = place % c
      let pull = sums[j] / population + number * products[j] / population
      return (Double(gammas[table(place) + j]) * dy[place] - pull) / deviation[j]
    }
    let expected = [("y", found.y, y), ("dx", found.x, dx), ("dgamma", found.gamma, dGamma), ("dbeta", found.beta, dBeta)]
    return expected.map { ($0, StateTensor($1), StateTensor(shape: $1.shape, values: $2.map { Float($0) })) }
  }

  /// Mean and root of variance + epsilon, in Double from x itself where that counts.
  private func statistics() -> (mean: [Double], deviation: [Double]) {
    let c = x.shape[3]
    guard throughStatistics else {
      return (batchStatistics.mean.values.map(Double.init), batchStatistics.variance.values.map { (Double($0) + Double(epsilon)).squareRoot() })
    }
    let columns = (0..<c).map { j in stride(from: j, to: x.count, by: c).map { [values = x.values] in Double(values[$0]) } }
    let means = columns.map { $0.reduce(0, +) / Double($0.count) }
    return (
      means,
      zip(columns, means).map { column, mean in
        (column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count) + Double(epsilon)).squareRoot()
      }
    )
  }
}
