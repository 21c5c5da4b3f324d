import NN
import TestSupport
import Testing

/// A way to compute, to be held against a golden file.
enum GoldenEngine: CustomTestStringConvertible, Sendable {
  case cpu(KernelChoice, ConvolutionMethod)
  /// Memory that nobody else can reach, and default implementations wherever there are any.
  case sealed

  static let exact = GoldenEngine.cpu(.best, .exact)
  /// The fast way, by every set of kernels.
  static let fast = KernelChoice.runnable.map { GoldenEngine.cpu($0, .winograd) }
  static let all = [exact] + fast

  func backend() -> any Backend {
    switch self {
    case .cpu(let kernels, let convolutions): CPUBackend(threads: 2, kernels: kernels, convolutions: convolutions)
    case .sealed: SealedBackend(threads: 2)
    }
  }

  var testDescription: String {
    switch self {
    case .cpu(let kernels, let convolutions): "\(convolutions.rawValue), \(kernels.key)"
    case .sealed: "sealed"
    }
  }
}
