import Foundation

/// Numbers as words, the same in every locale.
enum Decimals {
  /// `value` with `places` digits after the point and an ASCII minus; a value that rounds to zero has no sign. Not a number: `nan`.
  static func plain(_ value: Double, _ places: Int) -> String {
    let text = String(format: "%.\(places)f", value)
    let isZero = text.allSatisfy { "-0.".contains($0) }
    return isZero && text.hasPrefix("-") ? String(text.dropFirst()) : text
  }

  /// As `plain`, with a sign always, as for a difference: `+3.69`, `-0.35`, `+0.00`.
  static func signed(_ value: Double, _ places: Int) -> String {
    let text = plain(value, places)
    return text.hasPrefix("-") || !value.isFinite ? text : "+" + text
  }

  /// A fraction in [0, 1] in percent as the paper's tables print it, `57.43 %`, with a space that no line ends at.
  static func percent(_ fraction: Double) -> String { plain(100 * fraction, 2) + "\u{A0}%" }

  /// A measured value of any size with about `digits` significant digits: `0.5312`, `12.41`, `1.3e-05`.
  static func short(_ value: Double, digits: Int = 4) -> String { String(format: "%.\(digits)g", value) }

  /// The shortest text that reads back as the same number, for files.
  static func exact(_ value: Double) -> String { value == value.rounded() && abs(value) < 1e15 ? String(Int(value)) : "\(value)" }

  /// A count with a thin space between groups of three: `50 000`.
  static func count(_ value: Int) -> String {
    let digits = String(value.magnitude)
    var grouped = ""
    for (place, digit) in digits.enumerated() {
      if place > 0 && (digits.count - place) % 3 == 0 { grouped += "\u{202F}" }
      grouped.append(digit)
    }
    return (value < 0 ? "-" : "") + grouped
  }
}

/// Perturbation sizes as the report writes them.
extension Epsilon {
  /// A size as it stands in a file, on the [0, 1] pixel scale, rounded to a thousandth of 1/255: so 8/255 read from two files is one and the
  /// same size.
  static func reported(_ epsilon: Double) -> Epsilon { Epsilon(onUnitScale: (epsilon * 255_000).rounded() / 1000 / 255) }

  /// 8/255, the size that the literature compares at.
  static let usual = Epsilon.reported(8.0 / 255)

  /// In units of 1/255, one step of an 8-bit colour value.
  var per255: Double { (onUnitScale * 255_000).rounded() / 1000 }

  var isClean: Bool { onUnitScale == 0 }

  /// `clean`, `8/255` or `2.55/255`.
  var words: String { isClean ? "clean" : "\(Decimals.short(per255, digits: 6))/255" }

  /// On the paper's scale: `0`, `0.0627`.
  var paperWords: String { isClean ? "0" : Decimals.plain(onPaperScale, 4) }

  /// The columns `epsilon_255` and `epsilon_paper_scale` of a tidy table.
  var fields: [ReportTable.Field] { [.rounded(per255), .rounded(onPaperScale)] }
}
