import CProcessor
import NNKernels

#if AVX512
  import NNKernelsAVX512
#endif
#if AVX2
  import NNKernelsAVX2
#endif
#if PORTABLE
  import NNKernelsPortable
#endif

/// Kernels compiled for one kind of processor.
public struct KernelChoice: Sendable {
  /// As one asks for it: "avx512", "avx2", "portable".
  public let key: String
  /// Needs a processor of this x86-64 level: 4 has AVX-512, 3 has AVX2 and FMA; 0 is any processor at all.
  public let level: Int
  public let kernels: any Kernels

  /// In the words of records.
  public var name: String { kernels.name }

  /// Whether this processor can run them.
  public var isRunnable: Bool { level <= Self.processorLevel }

  /// The x86-64 level of this processor: 4, 3, or 1 for all below; 0 on any other architecture.
  public static var processorLevel: Int { Int(processor_level()) }

  /// All that this build holds, fastest first.
  public static let all: [KernelChoice] = {
    var all: [KernelChoice] = []
    #if AVX512
      all.append(KernelChoice(key: "avx512", level: 4, kernels: NNKernelsAVX512.KernelSet()))
    #endif
    #if AVX2
      all.append(KernelChoice(key: "avx2", level: 3, kernels: NNKernelsAVX2.KernelSet()))
    #endif
    #if PORTABLE
      all.append(KernelChoice(key: "portable", level: 0, kernels: NNKernelsPortable.KernelSet()))
    #endif
    return all
  }()

  /// Nil where this build holds none of that key.
  public static func named(_ key: String) -> KernelChoice? { all.first { $0.key == key } }

  /// The fastest that this processor can run.
  public static let best: KernelChoice = {
    guard let choice = all.first(where: \.isRunnable) else { preconditionFailure("no kernels for this processor") }
    return choice
  }()
}
