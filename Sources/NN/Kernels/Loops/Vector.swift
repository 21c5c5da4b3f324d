import NNKernels

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
