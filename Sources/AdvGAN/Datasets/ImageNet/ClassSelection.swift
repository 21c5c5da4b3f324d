import Jobs

/// Which of the 1,000 classes a data set has: `151..<294`, `151...293`, `7`, `n02085620`, or several of these with commas between them.
struct ClassSelection: Equatable, Sendable {
  /// Numbers in the sorted table, ascending, each once, not none.
  let indices: [Int]

  /// - Throws: a sentence on the part that is no selection.
  init(_ text: String, of synsets: Synsets) throws(StageError) {
    var chosen: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      guard let range = ClassSelection.range(part.filter { !$0.isWhitespace }, synsets) else {
        throw StageError(
          "'classes' must be ranges such as 151..<294 or 151...293, numbers in 0..<\(synsets.all.count) or WNIDs such as n02085620, "
            + "with commas between them, but '\(part)' is none")
      }
      chosen.formUnion(range)
    }
    indices = chosen.sorted()
  }

  /// The same selection in one spelling: `151..<294, 300`.
  var words: String {
    var ranges: [Range<Int>] = []
    for index in indices {
      if let last = ranges.last, last.upperBound == index {
        ranges[ranges.count - 1] = last.lowerBound..<index + 1
      } else {
        ranges.append(index..<index + 1)
      }
    }
    return ranges.map { $0.count == 1 ? "\($0.lowerBound)" : "\($0.lowerBound)..<\($0.upperBound)" }.joined(separator: ", ")
  }

  /// nil for what is no range of the table, and for an empty one.
  private static func range(_ word: String, _ synsets: Synsets) -> ClosedRange<Int>? {
    let all = synsets.all.indices
    if let index = synsets.index(of: word) ?? Int(word) { return all.contains(index) ? index...index : nil }
    if let (first, end) = ends(word, "..<"), all.contains(first), first < end, end <= all.upperBound { return first...end - 1 }
    if let (first, last) = ends(word, "..."), all.contains(first), all.contains(last), first <= last { return first...last }
    return nil
  }

  private static func ends(_ word: String, _ mark: String) -> (Int, Int)? {
    let parts = word.split(separator: mark, omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let first = parts[0], let last = parts[1] else { return nil }
    return (first, last)
  }
}
