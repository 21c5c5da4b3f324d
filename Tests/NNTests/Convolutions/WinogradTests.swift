import NN
import Synchronization
import TestSupport
import Testing

/// Fast convolutions, by every set of kernels, against the sums that define them.
///
/// Measured: up to 1.7e-6 of the length by tiles, 3.6e-7 product by product.
@Suite struct WinogradTests {
  @Test(arguments: KernelChoice.runnable, channels + sizes + surroundings + repeatedResiduals + fewChannels + manyTiles)
  func areTheSumsThatDefineThem(_ kernels: KernelChoice, _ example: ConvolutionExample) {
    example.computed(on: CPUBackend(threads: 2, kernels: kernels)).expect(Self.defined(example), within: 1e-5)
  }

  /// Shapes that the tiles do not serve, which go product by product.
  @Test(arguments: KernelChoice.runnable, others)
  func otherShapesAreComputedExactly(_ kernels: KernelChoice, _ example: ConvolutionExample) {
    example.computed(on: CPUBackend(threads: 2, kernels: kernels)).expect(Self.defined(example), within: 1e-6)
  }

  @Test(arguments: KernelChoice.runnable, sizes + surroundings + repeatedResiduals + fewChannels + others)
  func theReferenceIsExact(_ kernels: KernelChoice, _ example: ConvolutionExample) {
    example.computed(on: CPUBackend(threads: 2, kernels: kernels, convolutions: .exact)).expect(Self.defined(example), within: 1e-6)
  }

  /// More tiles, or more channels, than are transformed at once: too much for plain sums in a quick test.
  @Test(arguments: KernelChoice.runnable, large)
  func largeOnesAreWhatTheReferenceSays(_ kernels: KernelChoice, _ example: ConvolutionExample) {
    let backend = CPUBackend(threads: 2, kernels: kernels)
    let (found, expected) = (example.computed(on: backend), example.computed(on: CPUBackend(threads: 2, convolutions: .exact)))
    let tolerance = Tolerance(length: 1e-5, peak: 4e-5)
    expectAgreement(found.y, StateTensor(expected.y), "y", within: tolerance)
    expectAgreement(found.dx, StateTensor(expected.dx), "dx", within: tolerance)
    expectAgreement(found.dw, StateTensor(expected.dw), "dw", within: tolerance)
  }

  static let channels = [(16, 16), (16, 32), (48, 16), (32, 48), (64, 32), (16, 64), (80, 48), (32, 80)].map {
    ConvolutionExample([1, 6, 5, $0.0], $0.1, negativeSlope: 0)
  }

  /// Tiles of 4 x 4 hang over by 0 to 3 pixels, also in the images that repeating doubles.
  static let sizes = [(4, 4), (4, 6), (5, 8), (6, 5), (8, 13), (10, 4), (13, 6), (1, 2), (3, 3)].flatMap { h, w in
    [
      ConvolutionExample([2, h, w, 16], 16), ConvolutionExample([1, h, w, 16], 32, negativeSlope: 0.2, upsamples: true, residual: true),
      ConvolutionExample([3, 2 * h, 2 * w, 32], 16, negativeSlope: 0, halves: true, bias: true),
    ]
  }

  static let surroundings = [nil, 0, 0.2].flatMap { negativeSlope in
    [(false, false), (true, false), (false, true), (true, true)].flatMap { bias, residual in
      [(false, false), (true, false), (false, true)].map { upsamples, halves in
        ConvolutionExample([2, 6, 10, 16], 16, negativeSlope: negativeSlope, upsamples: upsamples, halves: halves, bias: bias, residual: residual)
      }
    }
  }

  static let repeatedResiduals = [
    ConvolutionExample([2, 6, 10, 16], 16, negativeSlope: 0, bias: true, repeated: true),
    ConvolutionExample([1, 3, 5, 16], 32, upsamples: true, repeated: true),
    ConvolutionExample([3, 10, 4, 32], 16, negativeSlope: 0.2, repeated: true), ConvolutionExample([1, 6, 4, 20], 7, repeated: true),
  ]

  static let fewChannels = [
    ConvolutionExample([2, 5, 13, 3], 16, bias: true), ConvolutionExample([1, 8, 8, 3], 48), ConvolutionExample([3, 6, 10, 3], 64),
    ConvolutionExample([1, 40, 9, 3], 32, bias: true), ConvolutionExample([2, 5, 13, 16], 3, negativeSlope: 0, bias: true),
    ConvolutionExample([1, 8, 8, 48], 3), ConvolutionExample([3, 6, 10, 64], 3, negativeSlope: 0.2),
    ConvolutionExample([1, 40, 9, 32], 3, bias: true),
    ConvolutionExample([1, 1, 1, 3], 16), ConvolutionExample([1, 1, 1, 16], 3, negativeSlope: 0),
  ]

  /// Several groups of tiles: 72 and 98 tiles, which are not whole images.
  static let manyTiles = [
    ConvolutionExample([8, 12, 9, 16], 16, negativeSlope: 0, bias: true), ConvolutionExample([2, 26, 27, 16], 32, negativeSlope: 0.2),
    ConvolutionExample([9, 8, 10, 16], 16, negativeSlope: 0, halves: true, residual: true), ConvolutionExample([9, 4, 5, 16], 16, upsamples: true),
  ]

  /// Odd sizes before halving, halving with repeating, channels that fill no vector.
  static let others = [
    ConvolutionExample([2, 5, 8, 16], 16, negativeSlope: 0, halves: true, bias: true, residual: true),
    ConvolutionExample([1, 13, 7, 32], 16, halves: true),
    ConvolutionExample([2, 3, 5, 16], 16, negativeSlope: 0.2, upsamples: true, halves: true),
    ConvolutionExample([2, 6, 5, 20], 20, negativeSlope: 0, bias: true),
    ConvolutionExample([1, 6, 6, 7], 16, negativeSlope: 0.2, halves: true),
    ConvolutionExample([1, 6, 6, 16], 7, negativeSlope: 0, upsamples: true, residual: true),
    ConvolutionExample([1, 6, 6, 3], 3), ConvolutionExample([2, 6, 8, 3], 16, negativeSlope: 0),
    ConvolutionExample([2, 6, 8, 3], 16, halves: true, bias: true),
    ConvolutionExample([2, 6, 8, 16], 3, negativeSlope: 0, residual: true), ConvolutionExample([2, 4, 5, 16], 3, upsamples: true),
    ConvolutionExample([2, 6, 8, 3], 16, residual: true),
  ]

  /// Inputs of 512 channels are transformed together, some hundred tiles at a time: here in one piece, in pieces that end between
  /// images, and in pieces that would cut an image in two.
  static let large = [
    ConvolutionExample([2, 6, 5, 512], 48, negativeSlope: 0, bias: true, residual: true),
    ConvolutionExample([2, 4, 6, 512], 512, negativeSlope: 0.2, halves: true),
    ConvolutionExample([1, 3, 4, 528], 32, upsamples: true), ConvolutionExample([36, 8, 8, 2048], 16, negativeSlope: 0, residual: true),
    // Two groups of a weight gradient, plain and from an upsampled input; then blocks of channels.
    ConvolutionExample([16, 32, 32, 16], 16, negativeSlope: 0), ConvolutionExample([16, 16, 16, 16], 16, upsamples: true),
    ConvolutionExample([3, 8, 8, 256], 128), ConvolutionExample([2, 5, 6, 272], 144, negativeSlope: 0),
    ConvolutionExample([12, 12, 10, 2736], 16, negativeSlope: 0, bias: true), ConvolutionExample([40, 9, 16, 64], 64, negativeSlope: 0),
    ConvolutionExample([0, 4, 4, 512], 16), ConvolutionExample([0, 4, 4, 16], 16, halves: true), ConvolutionExample([0, 4, 4, 3], 16),
    ConvolutionExample([0, 4, 4, 16], 3, negativeSlope: 0),
  ]

  private static let known = Mutex<[String: PlainConvolution]>([:])

  /// Computed once for all sets of kernels.
  private static func defined(_ example: ConvolutionExample) -> PlainConvolution {
    let key = example.testDescription
    if let known = known.withLock({ $0[key] }) { return known }
    let made = example.defined(on: CPUBackend(threads: 1))
    known.withLock { $0[key] = made }
    return made
  }
}
