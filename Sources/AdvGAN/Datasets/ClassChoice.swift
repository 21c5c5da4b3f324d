import Jobs

/// Classes as a job file names them: by the whole name, or by its first word where that is one class's alone (`n02085620` for
/// "n02085620 Chihuahua").
struct ClassChoice {
  /// All classes, in order of their labels.
  private let classes: [String]
  /// The setting that names classes, for messages.
  private let setting: String
  private let firstWords: [String]

  init(of classes: [String], setting: String) {
    (self.classes, self.setting) = (classes, setting)
    firstWords = classes.map { String($0.prefix { $0 != " " }) }
  }

  /// The labels of the named classes, in the order of the names.
  /// - Throws: `StageError` for a name that is no class's or several classes', and for a class that is named twice.
  func labels(_ names: [String]) throws(StageError) -> [Int] {
    var labels: [Int] = []
    for name in names {
      let label = try label(name)
      if labels.contains(label) { throw StageError("'\(setting)' names the class '\(classes[label])' twice") }
      labels.append(label)
    }
    return labels
  }

  private func label(_ name: String) throws(StageError) -> Int {
    if let label = classes.firstIndex(of: name) { return label }
    let found = firstWords.indices.filter { firstWords[$0] == name }
    guard let label = found.first else {
      throw StageError("'\(setting)' names '\(name)', which is no class of the data set\(suggestion(name))")
    }
    guard found.count == 1 else {
      throw StageError(
        "'\(setting)' names '\(name)', with which \(found.count) classes begin: write the whole name, such as '\(classes[label])'")
    }
    return label
  }

  /// A class that has the words in it, else the one with the most similar name.
  private func suggestion(_ name: String) -> String {
    let word = name.lowercased()
    if !word.isEmpty, let whole = classes.first(where: { $0.lowercased().contains(word) }) { return " (did you mean '\(whole)'?)" }
    return Suggestion.phrase(for: name, among: classes + firstWords.filter { !classes.contains($0) })
  }
}
