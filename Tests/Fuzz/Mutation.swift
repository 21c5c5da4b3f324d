/// Pseudo-random numbers: SplitMix64.
struct Stream {
  private var state: UInt64
  init(_ seed: UInt64) { state = seed }

  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var z = state
    z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
    z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
    return z ^ (z >> 31)
  }

  mutating func below(_ count: Int) -> Int { count <= 0 ? 0 : Int(next() % UInt64(count)) }
}

/// The input of a number: a seed file, mutated a few times.
struct Mutation {
  let target: any Target
  let seeds: [[UInt8]]
  let seed: UInt64

  private static let largest = 1 << 16
  private static let numbers: [UInt64] = [
    0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x7FFF_FFFF_FFFF_FFFF, 0x8000_0000_0000_0000, .max,
  ]
  private static let texts = ["-1", "0", "1e308", "99999999999999999999", "18446744073709551615", "null", "\"\"", "[]", "{}", "\u{0}", "\u{202E}", "NaN"]

  func input(_ number: Int) -> [UInt8] {
    var stream = Stream(seed &* 0x1_0000_01B3 &+ UInt64(number))
    var bytes = seeds[stream.below(seeds.count)]
    for _ in 0...stream.below(4) { mutate(&bytes, &stream) }
    if bytes.count > Self.largest { bytes.removeLast(bytes.count - Self.largest) }
    return stream.below(4) == 0 ? bytes : target.mended(bytes)
  }

  private func mutate(_ bytes: inout [UInt8], _ stream: inout Stream) {
    let place = stream.below(bytes.count)
    let length = 1 + stream.below(1 << stream.below(10))
    let range = place..<min(bytes.count, place + length)
    switch stream.below(10) {
    case 0 where !bytes.isEmpty: bytes[place] ^= 1 << UInt8(stream.below(8))
    case 1 where !bytes.isEmpty: bytes[place] = UInt8(truncatingIfNeeded: stream.next())
    case 2: write(Self.numbers[stream.below(Self.numbers.count)], at: place, in: &bytes, width: 1 << stream.below(4), bigEndian: stream.below(2) == 0)
    case 3: bytes.removeSubrange(range)
    case 4: bytes.insert(contentsOf: Array(bytes[range]), at: place)
    case 5: bytes.insert(contentsOf: (0..<length).map { _ in UInt8(truncatingIfNeeded: stream.next()) }, at: place)
    case 6: bytes.removeLast(bytes.count - place)
    case 7:
      let other = seeds[stream.below(seeds.count)]
      bytes = Array(bytes[..<place]) + other[stream.below(other.count)...]
    case 8:
      let texts = Self.texts + target.words
      bytes.insert(contentsOf: Array(texts[stream.below(texts.count)].utf8), at: place)
    default: replaceDigits(near: place, in: &bytes, &stream)
    }
  }

  private func write(_ number: UInt64, at place: Int, in bytes: inout [UInt8], width: Int, bigEndian: Bool) {
    for index in 0..<width where place + index < bytes.count {
      let shift = UInt64(8 * (bigEndian ? width - 1 - index : index))
      bytes[place + index] = UInt8(truncatingIfNeeded: number >> shift)
    }
  }

  /// Another number in place of one in decimal or octal digits.
  private func replaceDigits(near place: Int, in bytes: inout [UInt8], _ stream: inout Stream) {
    func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }
    guard let first = bytes[min(place, bytes.count)...].firstIndex(where: isDigit) else { return }
    let end = bytes[first...].firstIndex { !isDigit($0) } ?? bytes.endIndex
    bytes.replaceSubrange(first..<end, with: Array(Self.texts[stream.below(5)].utf8))
  }
}
