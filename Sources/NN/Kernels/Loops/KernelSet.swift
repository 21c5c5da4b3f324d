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

#if AVX512
  /// The processor's vector of numbers; everything in this folder is written for any width.
  typealias Vector = SIMD16<Float>
#elseif AVX2
  typealias Vector = SIMD8<Float>
#else
  typealias Vector = SIMD4<Float>
#endif

/// How many numbers a vector holds.
let lanes = Vector.scalarCount

extension Vector {
  @inline(__always) init(at p: Source) { self = UnsafeRawPointer(p).loadUnaligned(as: Self.self) }
  @inline(__always) init(at p: Target) { self = UnsafeRawPointer(p).loadUnaligned(as: Self.self) }

  @inline(__always) func store(to p: Target) { UnsafeMutableRawPointer(p).storeBytes(of: self, as: Self.self) }

  /// self + a * b, rounded once where the processor can.
  @inline(__always) func plus(_ a: Self, times b: Self) -> Self {
    #if AVX512 || AVX2 || arch(arm64)
      addingProduct(a, b)
    #else
      self + a * b
    #endif
  }

  @inline(__always) func plus(_ a: Self, times b: Float) -> Self { plus(a, times: Self(repeating: b)) }

  /// self where `gate` is positive, else negativeSlope * self.
  @inline(__always) func gated(by gate: Self, negativeSlope: Self) -> Self { (self * negativeSlope).replacing(with: self, where: gate .> Self(repeating: 0)) }
}

/// What the processor and its memory can do at most: what other kernels are measured against.
extension KernelSet {
  public var operationsPerRound: Int { 2 * 12 * lanes }

  public func multiplyAdds(rounds: Int, start: Float) -> Float {
    let factor = Vector(repeating: 0.5)
    let term = Vector(repeating: start)
    // Twelve sums that wait for nobody but themselves keep all multipliers busy; they differ, or they would be computed once.
    var sums: InlineArray<12, Vector> = [
      term * 0, term, term * 2, term * 3, term * 4, term * 5, term * 6, term * 7, term * 8, term * 9, term * 10, term * 11,
    ]
    for _ in 0..<rounds {
      for i in 0..<12 { sums[i] = term.plus(sums[i], times: factor) }
    }
    var total = sums[0]
    for i in 1..<12 { total += sums[i] }
    return total.sum()
  }

  public func total(_ x: Source, _ range: Range<Int>) -> Float {
    var sums = InlineArray<8, Vector>(repeating: Vector(repeating: 0))
    var i = range.lowerBound
    while i + 8 * lanes <= range.upperBound {
      for j in 0..<8 { sums[j] += Vector(at: x + i + j * lanes) }
      i += 8 * lanes
    }
    var total = sums[0]
    for j in 1..<8 { total += sums[j] }
    var rest = total.sum()
    while i < range.upperBound {
      rest += x[i]
      i += 1
    }
    return rest
  }
}
