/// The header block that `TarWriter` writes for a member, byte for byte, so that a reader can hold a tar to it.
///
/// libarchive's own reader is lenient: it passes over blanks in numbers, and believes times, owners and modes whatever they are.
enum TarHeader {
  /// In bytes, of a header and of the blocks that contents fill.
  static let blockSize = 512

  private static let nameField = 0..<100
  private static let sizeDigits = 124..<135
  private static let prefixField = 345..<500

  /// The bytes of a block that a content leaves over; zeros in a tar of ours.
  static func padding(behind size: Int) -> Int { (blockSize - size % blockSize) % blockSize }

  /// The header; nil for a name or a size for which ustar has no room.
  static func bytes(name: String, size: Int) -> [UInt8]? {
    guard let (prefix, rest) = divided(Array(name.utf8)), size >= 0, size < 1 << 33 else { return nil }
    var header = template
    header.replaceSubrange(nameField.prefix(rest.count), with: rest)
    put(size, at: sizeDigits, into: &header)
    header.replaceSubrange(prefixField.prefix(prefix.count), with: prefix)
    var sum = 0
    for byte in header { sum += Int(byte) }
    put(sum, at: 148..<154, into: &header)
    // The sum counted its own field as blanks; the last of them stays.
    header[154] = 0
    return header
  }

  /// What a header says, believed as far as it can be read; nil where it cannot. Whether it is just what ``bytes(name:size:)`` gives is for
  /// the caller to compare.
  static func parse(_ header: [UInt8]) -> (name: String, size: Int)? {
    var size = 0
    for digit in header[sizeDigits] {
      guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(digit) else { return nil }
      size = size << 3 | Int(digit - UInt8(ascii: "0"))
    }
    let (prefix, rest) = (text(header[prefixField]), text(header[nameField]))
    let name = prefix.isEmpty ? rest : prefix + [UInt8(ascii: "/")] + rest
    return String(validating: name, as: UTF8.self).map { ($0, size) }
  }

  /// Whether a header says that it is a folder's, a link's, or the like.
  static func isOfNoFile(_ header: [UInt8]) -> Bool { header[156] != UInt8(ascii: "0") && header[156] != 0 }

  /// All that is the same in every header; the field of the sum is blank.
  private static let template: [UInt8] = {
    var header = [UInt8](repeating: 0, count: blockSize)
    let parts: [(String, at: Int)] = [
      ("000444 ", 100), ("000000 ", 108), ("000000 ", 116), ("           ", 124), (" ", 135), ("00000000000 ", 136), ("        0", 148),
      ("ustar\u{0}00", 257), ("000000 ", 329), ("000000 ", 337),
    ]
    for (text, place) in parts { header.replaceSubrange(place..<(place + text.utf8.count), with: text.utf8) }
    return header
  }()

  /// Writes a number in octal digits that fill a field.
  private static func put(_ number: Int, at field: Range<Int>, into header: inout [UInt8]) {
    var rest = number
    for place in field.reversed() {
      header[place] = UInt8(ascii: "0") + UInt8(rest & 7)
      rest >>= 3
    }
  }

  /// What stands before the first zero of a field.
  private static func text(_ field: ArraySlice<UInt8>) -> ArraySlice<UInt8> { field.prefix { $0 != 0 } }

  /// A name of more than 100 bytes is divided at the first "/" that leaves at most 100 behind it; the part before may have 155.
  private static func divided(_ name: [UInt8]) -> (prefix: ArraySlice<UInt8>, rest: ArraySlice<UInt8>)? {
    guard name.count > 100 else { return ([], name[...]) }
    let slash = UInt8(ascii: "/")
    guard let place = name[max(name.count - 101, 1)...].firstIndex(of: slash), place < name.count - 1, place <= 155 else { return nil }
    return (name[..<place], name[(place + 1)...])
  }
}
