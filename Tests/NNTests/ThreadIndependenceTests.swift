import TestSupport
import Testing

@testable import NN

/// Same bits with 1, 2, 3 and 5 threads, for every entry point of the backend and for training.
@Suite struct ThreadIndependenceTests {
  /// Computations, each over enough numbers for several chunks; what they return is compared bit by bit.
  struct Example: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let compute: @Sendable (CPUBackend) -> [Tensor]

    init(_ name: String, _ compute: @escaping @Sendable (CPUBackend) -> [Tensor]) {
      testDescription = name
      self.compute = compute
    }
  }

  @Test(arguments: products + elementwise + pools + making + steps)
  func givesTheSameBits(_ example: Example) { check(example, .best) }

  @Test(arguments: KernelChoice.runnable, tiles + normalisations)
  func everySetOfKernelsGivesTheSameBits(_ kernels: KernelChoice, _ example: Example) { check(example, kernels) }

  private func check(_ example: Example, _ kernels: KernelChoice) {
    let expected = bits(example.compute(CPUBackend(threads: 1, kernels: kernels)))
    #expect(expected.contains { $0.contains { $0 != 0 } }, "a computation that gives zeros proves nothing")
    for threads in [2, 3, 5] {
      let backend = CPUBackend(threads: threads, kernels: kernels)
      for round in 0..<2 { #expect(bits(example.compute(backend)) == expected, "\(threads) threads, round \(round)") }
    }
  }

  private func bits(_ tensors: [Tensor]) -> [[UInt8]] { tensors.map { $0.values.withUnsafeBytes(Array.init) } }

  static let products = [
    Example("convolution 3x3") { b in convolution(b, [11, 18, 17, 5], 7, ConvolutionShape(kernel: 3, padding: 1)) },
    Example("convolution 3x3, stride 2") { b in convolution(b, [11, 18, 17, 5], 7, ConvolutionShape(kernel: 3, stride: 2, padding: 1)) },
    Example("convolution 1x1") { b in convolution(b, [11, 18, 17, 5], 7, ConvolutionShape(kernel: 1, padding: 0)) },
    Example("convolution 3x3, one large image") { b in convolution(b, [1, 70, 60, 3], 4, ConvolutionShape(kernel: 3, padding: 1)) },
    Example("linear") { b in
      let (x, w, dy) = (b.normal([50, 70], seed: 1), b.normal([30, 70], seed: 2), b.normal([50, 30], seed: 3))
      return [b.linear(x, w, bias: b.normal([30], seed: 4)), b.linearInputGradient(dy, w), b.linearWeightGradient(x, dy)]
    },
    Example("column sums") { b in [b.columnSums(b.normal([3000, 7], seed: 1))] },
  ]

  /// Several groups of tiles, a few tiles with many channels, weight gradients with more threads than groups.
  static let tiles =
    [
      ConvolutionExample([5, 18, 17, 16], 32, negativeSlope: 0, bias: true),
      ConvolutionExample([5, 18, 22, 16], 16, negativeSlope: 0, halves: true, residual: true),
      ConvolutionExample([5, 9, 11, 16], 48, negativeSlope: 0.2, upsamples: true), ConvolutionExample([3, 4, 4, 512], 32, negativeSlope: 0),
      ConvolutionExample([1, 5, 4, 1056], 16, bias: true), ConvolutionExample([6, 20, 20, 3], 48, bias: true),
      ConvolutionExample([9, 33, 20, 48], 3, negativeSlope: 0, bias: true), ConvolutionExample([16, 32, 32, 16], 16, negativeSlope: 0),
      ConvolutionExample([3, 8, 8, 256], 128, negativeSlope: 0), ConvolutionExample([2, 6, 6, 272], 144, halves: true),
    ].map { example in
      Example("tiles \(example.testDescription)") { backend in
        let results = example.computed(on: backend)
        return [results.y, results.dx, results.dw]
      }
    }

  static let normalisations = [
    Example("batch norm, halved, odd") { b in
      let x = b.normal([9, 13, 11, 5], seed: 1)
      let (gamma, dy) = (b.normal([1, 5], seed: 3), b.normal([9, 6, 5, 5], seed: 2))
      let normalisation = Normalisation(b.batchStatistics(x), epsilon: 1e-5, gamma: gamma, halves: true)
      let d = b.normaliseGradients(x, dy, by: normalisation, throughStatistics: true, wants: .init(x: true, tables: true))
      return [b.normalise(x, by: normalisation, beta: gamma, residual: dy)] + [d.x, d.gamma, d.beta].compactMap(\.self)
    },
    Example("batch norm") { b in normalisation(b, [9, 13, 12, 5], []) },
    Example("conditional batch norm") { b in normalisation(b, [9, 13, 12, 5], [0, 1, 3, 0, 1, 1, 2, 2, 0]) },
  ]

  static let elementwise = [
    Example("leakyReLU") { b in [b.leakyReLU(many(b, 1), negativeSlope: 0.2), b.leakyReLUGradient(many(b, 1), many(b, 2), negativeSlope: 0.2)] },
    Example("tanh") { b in [b.tanh(many(b, 1)), b.tanhGradient(many(b, 1), many(b, 2))] },
    Example("sums") { b in
      var y = many(b, 1)
      b.add(many(b, 2), times: 0.3, to: &y)
      b.average(many(b, 3), keep: 0.9, into: &y)
      return [y, b.sum(y, many(b, 2)), b.scaled(y, by: 0.7), b.tensor(b.rowNorms(many(b, 1)).map(Float.init), [5])]
    },
  ]

  static let pools = [
    Example("average pool") { b in [b.averagePool(images(b), 2), b.averagePoolGradient(images(b), inputShape: [7, 12, 16, 3], 2)] },
    Example("maximum pool") { b in
      [b.maximumPool(images(b)), b.maximumPoolGradient(b.normal([7, 12, 16, 3], seed: 2), images(b))]
    },
    Example("upsample") { b in [b.upsample(images(b)), b.upsampleGradient(images(b))] },
    Example("sum pool") { b in [b.sumPool(images(b)), b.sumPoolGradient(b.normal([7, 3], seed: 2), inputShape: [7, 6, 8, 3])] },
  ]

  static let making = [
    Example("random numbers") { b in
      var stream = RandomStream(seed: 7)
      return [b.uniform([41_001], low: -1, high: 2, &stream), b.normal([41_002], &stream), b.normal([3], &stream)]
    },
    Example("images") { b in
      let bytes = (0..<9 * 48).map { UInt8(truncatingIfNeeded: $0 &* 37) }
      let framings = (0..<9).map { ImageFraming(mirrored: $0 % 2 == 0, rows: $0 - 4, columns: 2 - $0) }
      let x = b.images(bytes, at: Array(0..<9), framings: framings, height: 4, width: 4, divisor: 127.5)
      return [x, b.rows(x, 2..<5), b.joined([x, x]), b.tensor(b.bytes(x).map(Float.init), x.shape)]
    },
  ]

  static let steps = [
    Example("optimisers") { b in
      var updates = [1, 4].map {
        AdamUpdate(w: many(b, $0), gradient: many(b, $0 + 1), m: b.zeros([5, 8203]), v: b.zeros([5, 8203]))
      }
      let step = AdamStep(
        rate: 0.1, beta1: 0.5, beta2: 0.9, share1: 0.5, share2: 0.1, epsilon: 1e-8, decay: 0.01, correction1: 0.5, correction2: 0.1)
      b.adam(&updates, step)
      var (w, velocity) = (many(b, 6), many(b, 7))
      b.momentum(&w, many(b, 3), &velocity, rate: 0.1, momentum: 0.9, decay: 0.01)
      return updates.flatMap { [$0.w, $0.m, $0.v] } + [w, velocity]
    },
    Example("sign step") { b in
      var x = b.scaled(many(b, 1), by: 0.4)
      b.signStep(&x, from: b.scaled(many(b, 3), by: 0.4), along: many(b, 2), BallStep(step: 0.1, radius: 0.25))
      return [x]
    },
    Example("training of two layers") { b in SmallNetwork(on: b).trained(steps: 3).parameters.values },
  ]

  private static func many(_ b: CPUBackend, _ seed: UInt64) -> Tensor { b.normal([5, 8203], seed: seed) }

  private static func images(_ b: CPUBackend) -> Tensor { b.normal([7, 6, 8, 3], seed: 1) }

  private static func convolution(_ b: CPUBackend, _ shape: [Int], _ k: Int, _ taps: ConvolutionShape) -> [Tensor] {
    let (x, w) = (b.normal(shape, seed: 1), b.normal([taps.kernel, taps.kernel, shape[3], k], seed: 2))
    let y = b.convolution(x, w, bias: b.normal([k], seed: 3), residual: nil, taps).y
    let dy = b.normal(y.shape, seed: 4)
    return [y, b.convolutionInputGradient(dy, w, x: x, taps), b.convolutionWeightGradient(x, dy, taps)]
  }

  private static func normalisation(_ b: CPUBackend, _ shape: [Int], _ labels: [Int]) -> [Tensor] {
    let (x, dy, tables) = (b.normal(shape, seed: 1), b.normal(shape, seed: 2), labels.isEmpty ? 1 : 4)
    let (gamma, beta) = (b.normal([tables, shape[3]], seed: 3), b.normal([tables, shape[3]], seed: 4))
    let batchStatistics = b.batchStatistics(x)
    let normalisation = Normalisation(batchStatistics, epsilon: 1e-5, gamma: gamma, labels: labels)
    let gradients = b.normaliseGradients(x, dy, by: normalisation, throughStatistics: true, wants: .init(x: true, tables: true))
    let y = b.normalise(x, by: normalisation, beta: beta, residual: nil)
    return [batchStatistics.mean, batchStatistics.variance, y] + [gradients.x, gradients.gamma, gradients.beta].compactMap { $0 }
  }
}
