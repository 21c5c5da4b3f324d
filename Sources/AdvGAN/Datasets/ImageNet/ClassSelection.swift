import Jobs

/// Which of the 1,000 classes a data set has: `151..<294`, `151...293`, `7`, `n02085620`, or several of these with commas between them.
struct ClassSelection: Equatable, Sendable {
  /// Numbers in the sorted table, ascending, each once, not none.
  let indices: [Int]

  /// - Throws: a sentence on the part that is no selection.
  init(_ text: String, of synsets: Synsets) throws(StageError) {
    var chosen: Set<Int> = []
    for part in text.split(separator: ",", omittingEmptySubsequences: false) {
      let word = part.filter { !$0.isWhitespace }
      guard let range = ClassSelection.range(word, synsets), !range.isEmpty, synsets.all.indices.contains(range.first ?? -1),
        synsets.all.indices.contains(range.last ?? -1)
      else {
        throw StageError(
          "'classes' must be ranges such as 151..<294 or 151...293, numbers in 0..<\(synsets.all.count) or WNIDs such as n02085620, "
            + "with commas between them, but '\(part)' is none")
      }
      chosen.formUnion(range)
    }
    indices = chosen.sorted()
  }

  private static func range(_ word: String, _ synsets: Synsets) -> [Int]? {
    if let index = synsets.index(of: word) ?? Int(word) { return [index] }
    // A long range must not take memory before it is refused.
    if let ends = ends(word, "..<"), ends.1 > ends.0 { return [ends.0, ends.1 - 1].spanned }
    if let ends = ends(word, "..."), ends.1 >= ends.0 { return [ends.0, ends.1].spanned }
    return nil
  }

  private static func ends(_ word: String, _ mark: String) -> (Int, Int)? {
    let parts = word.split(separator: mark, omittingEmptySubsequences: false).map { Int($0) }
    guard parts.count == 2, let first = parts[0], let last = parts[1] else { return nil }
    return (first, last)
  }
}

extension [Int] {
  /// All numbers from the first to the last of two, where they are no more than a few thousand apart; else the two alone.
  fileprivate var spanned: [Int] { self[1] - self[0] < 10_000 ? Array(self[0]...self[1]) : self }
}
