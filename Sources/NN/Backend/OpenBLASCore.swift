import COpenBLAS

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
