import NN
import TestSupport
import Testing

/// A way to compute, to be held against a golden file.
struct GoldenEngine: CustomTestStringConvertible, Sendable {
  let kernels: KernelChoice
  let convolutions: ConvolutionMethod

  static let exact = GoldenEngine(kernels: .best, convolutions: .exact)
  /// The fast way, by every set of kernels.
  static let fast = KernelChoice.runnable.map { GoldenEngine(kernels: $0, convolutions: .winograd) }
  static let all = [exact] + fast

  func backend() -> CPUBackend { CPUBackend(threads: 2, kernels: kernels, convolutions: convolutions) }

  var testDescription: String { "\(convolutions.rawValue), \(kernels.key)" }
}
