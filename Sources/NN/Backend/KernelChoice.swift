import COpenBLAS
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

/// The kind of processor that OpenBLAS computes for. It takes the best it knows when it is loaded, unless the environment names
/// another: version 0.3.21 takes Haswell's on AMD processors with AVX-512.
public enum OpenBLASCore {
  /// Such as "SkylakeX", "Haswell", "Zen".
  public static var loaded: String { openblas_get_corename().map { String(cString: $0) } ?? "" }

  /// The one to name before OpenBLAS is loaded so that it computes with the instructions of these kernels; nil where the loaded one
  /// does, and where nothing is known of it.
  public static func wanted(for kernels: KernelChoice, loaded: String) -> String? {
    switch kernels.key {
    case "avx512": withAVX512.contains(loaded) ? nil : "SkylakeX"
    case "avx2": withAVX512.contains(loaded) || withoutAVX2.contains(loaded) ? "Haswell" : nil
    case "portable" where KernelChoice.processorLevel > 0: loaded == "Prescott" ? nil : "Prescott"
    default: nil
    }
  }

  private static let withAVX512 = ["SkylakeX", "Cooperlake", "SapphireRapids"]
  private static let withoutAVX2 = [
    "Prescott", "Core2", "Penryn", "Dunnington", "Nehalem", "Sandybridge", "Atom", "Nano", "Athlon", "Opteron", "Opteron_SSE3", "Barcelona",
    "Bobcat", "Bulldozer", "Piledriver", "Steamroller",
  ]
}
