extension String {
  /// The text as a terminal or a log may show it. Control characters, which a terminal would obey, marks that turn the direction of writing,
  /// and spaces that look like others or like nothing are spelt out (`\u{1B}`), so that the name of a file cannot pass for something else.
  /// - Parameter keepsLines: whether line feeds and tabs stay.
  public func printable(keepsLines: Bool = false) -> String {
    if utf8.allSatisfy({ (0x20..<0x7F).contains($0) }) { return self }
    var text = String.UnicodeScalarView()
    for scalar in unicodeScalars {
      let isLayout = keepsLines && (scalar == "\n" || scalar == "\t")
      if isLayout || !Self.isObeyed(scalar) {
        text.append(scalar)
      } else {
        text.append(contentsOf: "\\u{\(String(scalar.value, radix: 16, uppercase: true))}".unicodeScalars)
      }
    }
    return String(text)
  }

  /// The text with U+FFFD for each character that a terminal would obey, tabs apart: as long as before, so that marks below it stay in their columns.
  public func masked() -> String {
    String(String.UnicodeScalarView(unicodeScalars.map { $0 != "\t" && Self.isObeyed($0) ? "\u{FFFD}" : $0 }))
  }

  private static func isObeyed(_ scalar: Unicode.Scalar) -> Bool {
    switch scalar.value {
    case 0..<0x20, 0x7F...0xA0, 0x200B, 0x2028...0x202E, 0x2066...0x2069, 0x200E, 0x200F, 0x061C, 0xFEFF: true
    default: false
    }
  }
}
