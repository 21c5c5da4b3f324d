/// Names of archive members that stay inside the folder they are meant for.
enum MemberName {
  /// The name without "." components and trailing slashes; "." for the archive's own top folder, as `tar c .` writes it.
  /// `nil` when it is empty, absolute, leaves its folder by "..", or holds control characters (a terminal would obey them).
  static func safe(_ name: String) -> String? {
    let plain = name.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) }
    guard plain, let first = name.utf8.first, first != UInt8(ascii: "/") else { return nil }
    // By scalars, as the file system sees them: an accent behind a slash makes another `Character` of it.
    let components = name.unicodeScalars.split(separator: "/").map { String($0) }.filter { $0 != "." }
    if components.contains("..") { return nil }
    return components.isEmpty ? "." : components.joined(separator: "/")
  }

  /// Whether a name is one that `TarWriter` takes: relative, of printable ASCII, and spelt as ``safe(_:)`` spells it. Quick.
  static func isPlain(_ name: String) -> Bool {
    // Of the component so far.
    var (length, dots) = (0, 0)
    for byte in name.utf8 {
      if byte == UInt8(ascii: "/") {
        guard length > dots || length > 2 else { return false }
        (length, dots) = (0, 0)
      } else {
        guard (0x20...0x7E).contains(byte) else { return false }
        length += 1
        dots += byte == UInt8(ascii: ".") ? 1 : 0
      }
    }
    return length > dots || length > 2
  }
}
