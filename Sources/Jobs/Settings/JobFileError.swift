import IO

/// A mistake in a job file, or in the settings kept in an artifact, with the place where it stands.
///
/// Printed as a compiler prints: the place and the sentence, then the line itself, then a mark under the offending words.
/// ```
/// jobs/sample.yaml:23:7: error: unknown key 'epoch' in stage 'finetune' (did you mean 'epochs'?)
///    23 |       epoch: 30
///       |       ^~~~~
/// ```
public struct JobFileError: Error, Equatable, CustomStringConvertible, Sendable {
  /// One sentence without a full stop: what is wrong, what was expected, what to do.
  public let message: String
  /// The file as it was named to the program.
  public let file: String
  /// Where the words begin; nil for a mistake of the file as a whole.
  public let place: Place?
  /// The text of the line at `place`.
  public let line: String

  /// A stretch of one line. Lines and columns count from 1, columns in Unicode scalars.
  public struct Place: Hashable, Sendable {
    public var line: Int
    public var column: Int
    public var length: Int
  }

  public var description: String {
    let (file, message) = (file.printable(), message.printable())
    guard let place else { return "\(file): error: \(message)" }
    let (line, mark) = Self.cut(line.masked(), place)
    let number = String(place.line)
    let gutter = String(repeating: " ", count: max(5 - number.count, 0))
    let blank = String(repeating: " ", count: gutter.count + number.count)
    let indent = line.unicodeScalars.prefix(mark.column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
    let room = max(1, min(mark.length, line.unicodeScalars.count - mark.column + 1))
    let arrow = "^" + String(repeating: "~", count: room - 1)
    return """
      \(file):\(place.line):\(place.column): error: \(message)
      \(gutter)\(number) | \(line)
      \(blank) | \(indent)\(arrow)
      """
  }
}

extension JobFileError {
  /// The most letters of a line that are quoted, and how many of them stand before the mark.
  private static let widest = 120, before = 40

  /// A long line cut around the mark.
  private static func cut(_ line: String, _ place: Place) -> (String, Place) {
    let scalars = Array(line.unicodeScalars)
    guard scalars.count > widest else { return (line, place) }
    let start = max(0, min(place.column - 1 - before, scalars.count - widest))
    let end = min(scalars.count, start + widest)
    var shown = String.UnicodeScalarView(scalars[start..<end])
    var place = place
    if start > 0 {
      shown.insert(contentsOf: "...".unicodeScalars, at: shown.startIndex)
      place.column += 3 - start
    }
    place.length = min(place.length, end - start)
    return (String(shown) + (end < scalars.count ? "..." : ""), place)
  }
}

/// The text that settings were read from, kept to quote lines in messages.
struct SourceText: Sendable {
  let file: String
  let lines: [String]

  init(file: String, text: String) {
    self.file = file
    lines = Self.lines(of: text)
  }

  /// Broken where YAML breaks lines, whatever machine the text comes from; without a byte order mark.
  private static func lines(of text: String) -> [String] {
    var lines: [String] = []
    var (line, last): (String.UnicodeScalarView, Unicode.Scalar) = (.init(), " ")
    for scalar in text.unicodeScalars.drop(while: { $0 == "\u{FEFF}" }) {
      switch scalar {
      case "\n" where last == "\r": break
      case "\n", "\r", "\u{85}", "\u{2028}", "\u{2029}":
        lines.append(String(line))
        line = .init()
      default: line.append(scalar)
      }
      last = scalar
    }
    return lines + [String(line)]
  }

  func error(_ message: String, at place: JobFileError.Place?) -> JobFileError {
    let line = place.flatMap { lines.indices.contains($0.line - 1) ? lines[$0.line - 1] : nil } ?? ""
    return JobFileError(message: message, file: file, place: place, line: line)
  }
}

/// "Did you mean": the nearest of the known words, by the number of letters to insert, delete, replace or swap.
public enum Suggestion {
  /// The known word nearest to `word`, where it is near enough to be a slip: at most one edit in three letters, and not every
  /// letter. Ties go to the first.
  static func nearest(to word: String, among known: [String]) -> String? {
    let limit = max(1, word.count / 3)
    var best: (word: String, edits: Int)?
    for candidate in known where candidate != word {
      let edits = distance(Array(word.lowercased()), Array(candidate.lowercased()))
      if edits <= limit, edits < word.count, edits < best?.edits ?? .max { best = (candidate, edits) }
    }
    return best?.word
  }

  /// ` (did you mean 'x'?)`, or the known words where none is near and there are few, or nothing.
  public static func phrase(for word: String, among known: [String]) -> String {
    if let nearest = nearest(to: word, among: known) { return " (did you mean '\(nearest)'?)" }
    guard !known.isEmpty, known.count <= 12 else { return "" }
    return " (known: \(known.joined(separator: ", ")))"
  }

  /// Edits between two words, a swap of neighbours counting once (optimal string alignment).
  static func distance(_ a: [Character], _ b: [Character]) -> Int {
    var before = [Int]()
    var previous = Array(0...b.count)
    for i in a.indices {
      var row = [i + 1]
      for j in b.indices {
        var edits = min(previous[j + 1] + 1, row[j] + 1, previous[j] + (a[i] == b[j] ? 0 : 1))
        if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] { edits = min(edits, before[j - 1] + 1) }
        row.append(edits)
      }
      (before, previous) = (previous, row)
    }
    return previous[b.count]
  }
}

/// A stage that cannot do its work, for a reason that is no file's fault: one sentence without a full stop.
public struct StageError: Error, Equatable, CustomStringConvertible, Sendable {
  public let description: String

  /// - Parameter sentence: may name what stands in files of others: it stays one line, see `printable()`.
  public init(_ sentence: String) { description = sentence.printable() }
}
