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
