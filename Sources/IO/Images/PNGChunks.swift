import CZlib

/// The chunks of a PNG, looked through before libpng sees them.
///
/// libpng believes the length of a text chunk and takes so much memory; and it leaves out a chunk with a wrong checksum, though other pixels come of
/// that. So lengths must fit the file and checksums must be right; and libpng gets the chunks alone that pixels depend on.
struct PNGChunks {
  /// What is wrong, in words.
  struct Flaw: Error, Equatable { let words: String }

  /// What pixels depend on.
  private static let needed: Set<String> = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "cHRM", "sRGB", "iCCP", "sBIT", "cICP"]
  private static let signature = 8

  /// The file without chunks that are not needed; the file itself where there are none.
  let bytes: [UInt8]

  /// The sides by the header alone; nil where it is not whole.
  static func size(of bytes: [UInt8]) -> (width: Int, height: Int)? {
    guard bytes.count >= signature + 25, bytes[signature..<signature + 8].elementsEqual([0, 0, 0, 13] + Array("IHDR".utf8)) else { return nil }
    func number(at place: Int) -> Int { bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) } }
    let sides = (number(at: signature + 8), number(at: signature + 12))
    return sides.0 > 0 && sides.1 > 0 ? sides : nil
  }

  init(_ bytes: [UInt8]) throws(Flaw) {
    var (place, isWhole) = (Self.signature, true)
    var kept: [Range<Int>] = [0..<min(Self.signature, bytes.count)]
    var kind = ""
    while kind != "IEND" {
      guard bytes.count - place >= 12 else { throw Flaw(words: "the end of the file \(kind.isEmpty ? "at once" : "behind chunk '\(kind)'")") }
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      let name = bytes[place + 4..<place + 8]
      guard name.allSatisfy({ (0x41...0x5A).contains($0 & 0xDF) }) else { throw Flaw(words: "a chunk without a name at byte \(place)") }
      kind = String(decoding: name, as: UTF8.self)
      guard length <= bytes.count - place - 12 else {
        throw Flaw(words: "chunk '\(kind)' of \(length) bytes, of which the file has \(bytes.count - place - 12)")
      }
      let end = place + 12 + length
      let sum = bytes[end - 4..<end].reduce(0) { $0 << 8 | UInt($1) }
      let found = bytes[place + 4..<end - 4].withContiguousStorageIfAvailable { crc32_z(0, $0.baseAddress, $0.count) }
      guard found == sum else { throw Flaw(words: "a wrong checksum in chunk '\(kind)'") }
      if Self.needed.contains(kind) { kept.append(place..<end) } else { isWhole = false }
      place = end
    }
    self.bytes = isWhole ? bytes : kept.flatMap { bytes[$0] }
  }
}
