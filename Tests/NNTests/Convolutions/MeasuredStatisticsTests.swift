import TestSupport
import Testing

@testable import NN

/// BatchStatistics that a convolution takes of its output on the way, for the batch norm behind it.
@Suite struct MeasuredStatisticsTests {
  /// Tiles that hang over, several groups, many channels in one piece and in several.
  static let examples = [
    ConvolutionExample([1, 4, 4, 16], 16), ConvolutionExample([2, 5, 6, 16], 48, negativeSlope: 0, residual: true),
    ConvolutionExample([7, 13, 10, 16], 16, negativeSlope: 0.2), ConvolutionExample([3, 7, 5, 16], 32, upsamples: true),
    ConvolutionExample([9, 8, 12, 32], 16, negativeSlope: 0, repeated: true), ConvolutionExample([2, 6, 5, 512], 48),
    ConvolutionExample([12, 12, 10, 2736], 16, negativeSlope: 0),
  ]

  /// A bias of 173 deviations, and none: the numbers themselves, and what batch norm makes of them.
  @Test(arguments: KernelChoice.runnable, examples)
  func areThoseOfTheOutput(_ kernels: KernelChoice, _ example: ConvolutionExample) throws {
    let backend = CPUBackend(threads: 2, kernels: kernels)
    let k = example.outputs
    let deviation = (9 * Float(example.x[3])).squareRoot()
    let bias = backend.tensor((0..<k).map { [0, 173, -173, 17][$0 % 4] * deviation }, [k])
    let (y, statistics) = measured(example, bias, on: backend)
    let found = try #require(statistics)
    let values = y.values
    #expect(found.population == y.count / k)
    for j in 0..<k {
      let column = stride(from: j, to: values.count, by: k).map { Double(values[$0]) }
      let mean = column.reduce(0, +) / Double(column.count)
      let variance = column.reduce(0) { $0 + ($1 - mean) * ($1 - mean) } / Double(column.count)
      #expect(abs(Double(found.mean.values[j]) - mean) <= 1e-7 * max(abs(mean), 10 * variance.squareRoot()), "mean \(j)")
      #expect(abs(Double(found.variance.values[j]) / variance - 1) <= 1e-5, "variance \(j)")
    }
  }

  @Test func areNotTakenUnasked() {
    let backend = CPUBackend(threads: 1)
    #expect(measured(Self.examples[0], backend.zeros([16]), on: backend, measures: false).statistics == nil)
  }

  /// A norm takes what the convolution in front of it found: other statistics give other results.
  @Test func areWhatTheNormBehindTheConvolutionTakes() {
    let backend = CPUBackend(threads: 1)
    var tape = Tape(on: backend)
    let (x, table) = (backend.normal([2, 2, 2, 1], seed: 1), Variable(constant: backend.tensor([1], [1, 1])))
    var given = Variable(constant: x)
    given.statistics = BatchStatistics(mean: backend.tensor([5], [1]), variance: backend.tensor([4], [1]), population: 8)
    let (y, statistics) = tape.batchNormalise(given, gamma: table, beta: Variable(constant: backend.zeros([1, 1])), labels: [], epsilon: 0)
    #expect(statistics.mean.values == [5] && y.value.values == x.values.map { ($0 - 5) * 0.5 })
  }

  private func measured(
    _ example: ConvolutionExample, _ bias: Tensor, on backend: CPUBackend, measures: Bool = true
  ) -> (y: Tensor, statistics: BatchStatistics?) {
    var shape = example.shape
    shape.measures = measures
    let x = backend.normal(example.x, seed: 1)
    let w = backend.normal([3, 3, example.x[3], example.outputs], seed: 2)
    let bare = backend.convolution(x, w, bias: nil, residual: nil, example.shape.withoutResidual).y
    let size = shape.repeatsResidual ? [bare.shape[0], bare.shape[1] / 2, bare.shape[2] / 2, bare.shape[3]] : bare.shape
    return backend.convolution(x, w, bias: bias, residual: example.residual ? backend.normal(size, seed: 4) : nil, shape)
  }
}

extension ConvolutionShape {
  fileprivate var withoutResidual: ConvolutionShape {
    var shape = self
    shape.repeatsResidual = false
    return shape
  }
}
