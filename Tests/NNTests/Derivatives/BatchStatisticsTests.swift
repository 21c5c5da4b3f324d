import NN
import TestSupport
import Testing

/// Means and variances far from zero, over chunks, and over a single row.
@Suite struct BatchStatisticsTests {
  private let backend = CPUBackend(threads: 2)

  /// sum of squares minus square of the mean would lose all but one digit here.
  /// Measured: up to 5e-6 where the first row, by which sums are shifted, is an outlier itself, else 1e-6.
  @Test(arguments: KernelChoice.runnable, [3, 256, 257, 1000])
  func theVarianceSurvivesAMeanOfAThousandDeviations(_ kernels: KernelChoice, _ rows: Int) {
    let backend = CPUBackend(threads: 2, kernels: kernels)
    let x = backend.normal([rows, 19], seed: 1).values.enumerated().map { $1 * 0.5 + [0, 500, -500, 86.5, -8.5][$0 % 19 % 5] }
    let batchStatistics = backend.batchStatistics(backend.tensor(x, [rows, 19]))
    #expect(batchStatistics.population == rows)
    for c in 0..<19 {
      let (mean, variance) = exact(stride(from: c, to: x.count, by: 19).map { Double(x[$0]) })
      #expect(abs(Double(batchStatistics.mean.values[c]) - mean) <= 1e-7 * max(abs(mean), 5), "mean \(c)")
      #expect(abs(Double(batchStatistics.variance.values[c]) / variance - 1) <= 1e-5, "variance \(c)")
    }
  }

  /// What batch norm makes of such a channel has mean 0 and variance 1 within the rounding of the mean.
  @Test func normalisingRemovesAMeanOfAThousandDeviations() {
    let x = backend.tensor(backend.normal([2, 16, 16, 1], seed: 1).values.map { $0 * 0.5 + 500 }, [2, 16, 16, 1])
    let (gamma, beta) = (backend.tensor([1], [1, 1]), backend.zeros([1, 1]))
    let y = backend.normalise(x, by: Normalisation(backend.batchStatistics(x), epsilon: 0, gamma: gamma), beta: beta, residual: nil)
    let (mean, variance) = exact(y.values.map(Double.init))
    #expect(abs(mean) <= 5e-5)
    #expect(abs(variance - 1) <= 1e-5)
  }

  @Test func constantsHaveVarianceZero() {
    let batchStatistics = backend.batchStatistics(backend.tensor([Float](repeating: 0.1, count: 1000), [1000, 1]))
    #expect(batchStatistics.mean.values == [0.1])
    #expect(batchStatistics.variance.values == [0])
  }

  @Test func aSingleRowHasVarianceZeroAndBecomesBeta() {
    let x = backend.tensor([3, -4], [1, 2])
    let batchStatistics = backend.batchStatistics(x)
    #expect(batchStatistics.population == 1)
    #expect(batchStatistics.mean.values == [3, -4])
    #expect(batchStatistics.variance.values == [0, 0])
    let run = LayerRun(backend, x) { [backend] in
      let (gamma, beta) = (backend.tensor([2, 2], [1, 2]), backend.tensor([0.5, 0.25], [1, 2]))
      return $1.batchNormalise($0, gamma: Variable(constant: gamma), beta: Variable(constant: beta), labels: [], epsilon: 1e-5).y
    }
    #expect(run.y.values == [0.5, 0.25])
    #expect(run.dx?.values == [0, 0])
  }

  @Test func aSingleRowLeavesTheRunningVarianceFinite() throws {
    let scope = Scope()
    let layer = Sequential([.batchNorm(BatchNorm(scope, 1))])
    var parameters = Parameters(scope.specifications, from: RandomStream(seed: 1), on: backend)
    let run = LayerRun(parameters, backend.tensor([3], [1, 1])) { layer($0, $1, &$2) }
    parameters.absorb(run.statistics)
    expectAgreement(try #require(parameters.stateDictionary["running_mean"]), StateTensor(shape: [1], values: [0.3]), "mean")
    expectAgreement(try #require(parameters.stateDictionary["running_var"]), StateTensor(shape: [1], values: [0.9]), "variance")
  }

  @Test func aNaNReachesTheMomentsOfItsChannelOnly() {
    let batchStatistics = backend.batchStatistics(backend.tensor([1, 2, .nan, 4, 5, 6], [3, 2]))
    #expect(batchStatistics.mean.values[0].isNaN && batchStatistics.variance.values[0].isNaN)
    #expect(batchStatistics.mean.values[1] == 4)
  }

  @Test func inferenceChangesNoStatistics() {
    let scope = Scope()
    let layer = Sequential([.batchNorm(BatchNorm(scope, 1))])
    let parameters = Parameters(scope.specifications, from: RandomStream(seed: 1), on: backend)
    #expect(LayerRun(parameters, backend.normal([5, 1], seed: 1), phase: .inference) { layer($0, $1, &$2) }.statistics.isEmpty)
  }

  private func exact(_ x: [Double]) -> (mean: Double, variance: Double) {
    let mean = x.reduce(0, +) / Double(x.count)
    return (mean, x.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(x.count))
  }
}
