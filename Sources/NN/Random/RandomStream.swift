import NNKernels

/// A counter-based stream of random numbers (Philox4x32-10): its whole state is a key and a counter, passed along as an argument.
///
/// Work on different threads or in different orders takes streams of its own by `derived`, never turns of a shared one.
public struct RandomStream: Equatable, Sendable {
  public let key: UInt64
  /// Blocks of four 32-bit words used up.
  public private(set) var counter: UInt64

  public init(seed: UInt64) { self.init(key: seed, counter: 0) }

  public init(key: UInt64, counter: UInt64) { (self.key, self.counter) = (key, counter) }

  /// The stream that belongs to a purpose and a number under this one's key, whatever was drawn before.
  public func derived(_ purpose: String, _ number: Int = 0) -> RandomStream {
    var hash: UInt64 = 0xcbf2_9ce4_8422_2325  // FNV-1a, 64 bits
    for byte in purpose.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
    let index = UInt64(bitPattern: Int64(number))
    let bits = philox(
      counter: SIMD4(
        UInt32(truncatingIfNeeded: hash), UInt32(truncatingIfNeeded: hash >> 32), UInt32(truncatingIfNeeded: index),
        UInt32(truncatingIfNeeded: index >> 32) ^ 0x8000_0000),
      key: SIMD2(UInt32(truncatingIfNeeded: key), UInt32(truncatingIfNeeded: key >> 32)))
    return RandomStream(key: UInt64(bits[0]) | UInt64(bits[1]) << 32, counter: 0)
  }

  /// Reserves the blocks for so many numbers.
  mutating func take(numbers: Int) -> (key: UInt64, firstBlock: UInt64) {
    defer { counter &+= UInt64((numbers + 3) / 4) }
    return (key, counter)
  }

  /// The next 64 bits.
  public mutating func next() -> UInt64 {
    let bits = philoxBlock(key: key, block: counter)
    counter &+= 1
    return UInt64(bits[0]) | UInt64(bits[1]) << 32
  }

  /// A number of [0, 1), one of 2^53 equally likely ones.
  public mutating func fraction() -> Double { Double(next() >> 11) * 0x1p-53 }

  /// A number of 0 ..< bound, every one equally likely (Lemire's multiplication with rejection).
  public mutating func integer(below bound: Int) -> Int {
    precondition(bound >= 1, "integer(below: \(bound))")
    let width = UInt64(bound)
    let threshold = (0 &- width) % width
    while true {
      let product = next().multipliedFullWidth(by: width)
      if product.low >= threshold { return Int(product.high) }
    }
  }

  /// `count` numbers of 0 ..< bound.
  public mutating func integers(_ count: Int, below bound: Int) -> [Int] { (0..<count).map { _ in integer(below: bound) } }

  /// The numbers 0 ..< count in random order (Fisher and Yates).
  public mutating func permutation(_ count: Int) -> [Int] {
    var order = Array(0..<count)
    for i in stride(from: count - 1, to: 0, by: -1) { order.swapAt(i, integer(below: i + 1)) }
    return order
  }
}
