import Glibc

/// Philox4x32-10 (Salmon et al., "Parallel random numbers: as easy as 1, 2, 3", 2011): 128 random bits from a 128-bit counter and a
/// 64-bit key. Equal arguments give equal bits; there is no other state.
public func philox(counter: SIMD4<UInt32>, key: SIMD2<UInt32>) -> SIMD4<UInt32> {
  var c = counter
  var k = key
  for _ in 0..<10 {
    let a = UInt64(c[0]) &* 0xD251_1F53
    let b = UInt64(c[2]) &* 0xCD9E_8D57
    c = SIMD4(
      UInt32(truncatingIfNeeded: b >> 32) ^ c[1] ^ k[0], UInt32(truncatingIfNeeded: b),
      UInt32(truncatingIfNeeded: a >> 32) ^ c[3] ^ k[1], UInt32(truncatingIfNeeded: a))
    k[0] &+= 0x9E37_79B9
    k[1] &+= 0xBB67_AE85
  }
  return c
}

/// The block of random bits number `block` of the stream `key`.
public func philoxBlock(key: UInt64, block: UInt64) -> SIMD4<UInt32> {
  philox(
    counter: SIMD4(UInt32(truncatingIfNeeded: block), UInt32(truncatingIfNeeded: block >> 32), 0, 0),
    key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
}

/// 24 random bits as a number in [0, 1).
@inline(__always) private func unit(_ bits: UInt32) -> Float { Float(bits >> 8) * 0x1p-24 }

/// Fills a range with numbers uniform in [low, high), all `low` where that is empty; rounding never reaches the upper end.
/// Number i comes from word i % 4 of block first + i / 4.
public func fillUniform(_ y: Target, key: UInt64, firstBlock: UInt64, low: Float, high: Float, count: Int) {
  let width = high - low
  let largest = high > low ? high.nextDown : low
  for block in 0..<(count + 3) / 4 {
    let bits = philoxBlock(key: key, block: firstBlock &+ UInt64(block))
    for lane in 0..<min(4, count - 4 * block) {
      let number = low + width * unit(bits[lane])
      y[4 * block + lane] = number < largest ? number : largest
    }
  }
}

/// Fills a range with standard normal numbers (Box and Muller), two from each half of a block.
public func fillNormal(_ y: Target, key: UInt64, firstBlock: UInt64, count: Int) {
  for block in 0..<(count + 3) / 4 {
    let bits = philoxBlock(key: key, block: firstBlock &+ UInt64(block))
    var four = SIMD4<Float>(repeating: 0)
    for half in 0..<2 {
      let radius = (-2 * log((Double(bits[2 * half] >> 8) + 1) * 0x1p-24)).squareRoot()
      let angle = 2 * Double.pi * Double(bits[2 * half + 1] >> 8) * 0x1p-24
      four[2 * half] = Float(radius * cos(angle))
      four[2 * half + 1] = Float(radius * sin(angle))
    }
    for lane in 0..<min(4, count - 4 * block) { y[4 * block + lane] = four[lane] }
  }
}

/// y = tanh(x), by the C library.
public func hyperbolicTangent(_ x: Source, into y: Target, _ range: Range<Int>) {
  for i in range { y[i] = tanhf(x[i]) }
}
