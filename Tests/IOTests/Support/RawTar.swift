/// A tar made by hand, header by header, for what `TarWriter` rightly refuses to write; else spelt as it spells.
struct RawTar {
  private(set) var bytes: [UInt8] = []

  /// - Parameter type: "0" file, "1" hard link, "2" symbolic link, "3" and "4" devices, "5" folder, "6" named pipe.
  mutating func add(
    _ name: String, _ content: [UInt8] = [], type: Character = "0", link: String = "", declaredSize: Int? = nil, mode: String = "000444 "
  ) {
    var header = [UInt8](repeating: 0, count: 512)
    func put(_ text: String, at offset: Int) { header.replaceSubrange(offset..<(offset + text.utf8.count), with: text.utf8) }
    put(name, at: 0)
    put(mode, at: 100)
    put("000000 ", at: 108)
    put("000000 ", at: 116)
    put(RawTar.octal(declaredSize ?? content.count, digits: 11) + " ", at: 124)
    put("00000000000 ", at: 136)
    put(String(type), at: 156)
    put(link, at: 157)
    put("ustar\u{0}00", at: 257)
    put("000000 ", at: 329)
    put("000000 ", at: 337)
    header.replaceSubrange(148..<156, with: RawTar.checksum(of: header))
    bytes += header + content + [UInt8](repeating: 0, count: (512 - content.count % 512) % 512)
  }

  mutating func end(zeros: Int = 1024) { bytes += [UInt8](repeating: 0, count: zeros) }

  /// The checksum field of a header; what it holds now counts as spaces.
  static func checksum(of header: [UInt8]) -> [UInt8] {
    let sum = header.enumerated().reduce(0) { $0 + ((148..<156).contains($1.offset) ? 0x20 : Int($1.element)) }
    return Array((octal(sum, digits: 6) + "\u{0} ").utf8)
  }

  private static func octal(_ number: Int, digits: Int) -> String {
    let text = String(number, radix: 8)
    return String(repeating: "0", count: digits - text.count) + text
  }
}
