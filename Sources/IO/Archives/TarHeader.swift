/// The header block that `TarWriter` writes for a member, byte for byte, so that a reader can hold a tar to it.
///
/// libarchive's own reader is lenient: it passes over blanks in numbers, and believes times, owners and modes whatever they are.
enum TarHeader {
  /// In bytes, of a header and of the blocks that contents fill.
  static let blockSize = 512

  /// The bytes of a block that a content leaves over; zeros in a tar of ours.
  static func padding(behind size: Int) -> Int { (blockSize - size % blockSize) % blockSize }

  /// The header; nil for a name or a size for which ustar has no room.
  static func bytes(name: String, size: Int) -> [UInt8]? {
    guard let (prefix, rest) = divided(Array(name.utf8)), size >= 0, size < 1 << 33 else { return nil }
    var header = [UInt8](repeating: 0, count: blockSize)
    func put(_ bytes: some Collection<UInt8>, at offset: Int) { header.replaceSubrange(offset..<(offset + bytes.count), with: bytes) }
    put(rest, at: 0)
    put("000444 ".utf8, at: 100)
    put("000000 ".utf8, at: 108)
    put("000000 ".utf8, at: 116)
    put("\(octal(size, digits: 11)) ".utf8, at: 124)
    put("00000000000 ".utf8, at: 136)
    put("        0".utf8, at: 148)
    put("ustar\u{0}00".utf8, at: 257)
    put("000000 ".utf8, at: 329)
    put("000000 ".utf8, at: 337)
    put(prefix, at: 345)
    // The sum counts its own field as blanks; the last of them stays.
    put("\(octal(header.reduce(0) { $0 + Int($1) }, digits: 6))\u{0}".utf8, at: 148)
    return header
  }

  /// A name of more than 100 bytes is divided at the first "/" that leaves at most 100 behind it; the part before may have 155.
  private static func divided(_ name: [UInt8]) -> (prefix: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
    guard name.count > 100 else { return ([], name[...]) }
    let slash = UInt8(ascii: "/")
    guard let place = name[max(name.count - 101, 1)...].firstIndex(of: slash), place < name.count - 1, place <= 155 else { return nil }
    return (name[..<place], name[(place + 1)...])
  }

  private static func octal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: max(digits - text.count, 0)) + text
  }
}
