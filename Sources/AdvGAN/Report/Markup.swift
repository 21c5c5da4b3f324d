/// A piece of HTML. Literals are taken as they are; every interpolated `String` is escaped, so that words from a job file or an artifact can
/// never become markup:
///
///     let cell: Markup = "<td>\(model.label)</td>"
struct Markup: Equatable, Sendable, ExpressibleByStringInterpolation {
  /// The HTML itself.
  private(set) var html: String

  init(stringLiteral value: String) { html = value }

  init(stringInterpolation: StringInterpolation) { html = stringInterpolation.html }

  /// Takes `html` as it is, unescaped. For texts made by this program only.
  init(trusted html: String) { self.html = html }

  struct StringInterpolation: StringInterpolationProtocol {
    fileprivate var html = ""

    init(literalCapacity: Int, interpolationCount: Int) { html.reserveCapacity(2 * literalCapacity) }

    mutating func appendLiteral(_ literal: String) { html += literal }

    mutating func appendInterpolation(_ words: String) { html += Markup.escape(words) }

    mutating func appendInterpolation(_ number: Int) { html += String(number) }

    mutating func appendInterpolation(_ markup: Markup) { html += markup.html }
  }

  static func + (left: Markup, right: Markup) -> Markup { Markup(trusted: left.html + right.html) }

  static func += (left: inout Markup, right: Markup) { left.html += right.html }

  /// `words` with `& < > " '` replaced by character references, for text and quoted attributes alike. Control characters that HTML forbids
  /// (all below U+0020 but tab and line ends) become U+FFFD.
  static func escape(_ words: String) -> String {
    var escaped = ""
    for scalar in words.unicodeScalars {
      switch scalar {
      case "&": escaped += "&amp;"
      case "<": escaped += "&lt;"
      case ">": escaped += "&gt;"
      case "\"": escaped += "&quot;"
      case "'": escaped += "&#39;"
      case "\t", "\n", "\r": escaped.unicodeScalars.append(scalar)
      case _ where scalar.value < 0x20 || scalar.value == 0x7f: escaped += "\u{FFFD}"
      default: escaped.unicodeScalars.append(scalar)
      }
    }
    return escaped
  }
}

extension Sequence<Markup> {
  /// The pieces one after the other, with a line end after each.
  func lines() -> Markup { reduce(into: Markup("")) { $0 += $1 + "\n" } }
}
