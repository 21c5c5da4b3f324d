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
    guard let place else { return "\(file): error: \(message)" }
    let number = String(place.line)
    let gutter = String(repeating: " ", count: max(5 - number.count, 0))
    let blank = String(repeating: " ", count: gutter.count + number.count)
    let indent = line.unicodeScalars.prefix(place.column - 1).map { $0 == "\t" ? "\t" : " " }.joined()
    let room = max(1, min(place.length, line.unicodeScalars.count - place.column + 1))
    let mark = "^" + String(repeating: "~", count: room - 1)
    return """
      \(file):\(place.line):\(place.column): error: \(message)
      \(gutter)\(number) | \(line)
      \(blank) | \(indent)\(mark)
      """
  }
}

/// The text that settings were read from, kept to quote lines in messages.
struct SourceText: Sendable {
  let file: String
  let lines: [String]

  init(file: String, text: String) {
    self.file = file
    self.lines = text.split(separator: "\n", omittingEmptySubsequences: false).map {
      $0.hasSuffix("\r") ? String($0.dropLast()) : String($0)
    }
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

  public init(_ sentence: String) { description = sentence }
}
