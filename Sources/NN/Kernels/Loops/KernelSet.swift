import NNKernels

/// This folder's loops, compiled for one instruction set.
///
/// The folder is compiled several times, by targets whose folders are links to it. So that the linker never takes one target's code
/// for another's, it holds no arrays, no generic code shared with other modules and no closures that leave a function: pointers,
/// numbers, SIMD vectors and `InlineArray` alone (Tests/KernelSymbols.sh checks it).
public struct KernelSet: Kernels {
  public init() {}

  public var name: String {
    #if AVX512
      "AVX-512"
    #elseif AVX2
      "AVX2"
    #else
      "portable"
    #endif
  }

  public var channelBlock: Int { 16 }
}
