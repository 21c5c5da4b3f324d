import IO

/// The classes of ImageNet's validation images, in one of the forms in which people have them:
///
/// - the development kit, `ILSVRC2012_devkit_t12.tar.gz` or the folder it unpacks to: ids in the order of the images' numbers, with the
///   table `meta.mat` that says which class an id is;
/// - `LOC_val_solution.csv`: a head line, then `ILSVRC2012_val_00000001,n01751748 ...`;
/// - a text: a WNID or a number in 0..<1000 (in order of the WNIDs) on each line, in order of the images' numbers, or behind the image's
///   name: `ILSVRC2012_val_00000001.JPEG 65`.
struct ValidationLabels {
  private enum Form {
    /// By the images' numbers, from 1.
    case numbered([Int])
    /// By the images' names without their suffix.
    case named([String: Int])
  }

  private let path: FilePath
  private let form: Form
  /// Whether some label is a number that somebody counted, from 0 or, by mistake, from 1.
  let areNumbers: Bool

  /// - Throws: `.damaged` for a file that says something else than classes; `.missing`.
  init(_ path: FilePath, of synsets: Synsets) throws {
    self.path = path
    let isFolder = try LocalDisk().status(path)?.kind == .folder
    if isFolder || DevelopmentKit.isOne(path) {
      (form, areNumbers) = (.numbered(try DevelopmentKit(path).indices(in: synsets)), false)
    } else {
      (form, areNumbers) = try ValidationLabels.text(path, synsets)
    }
  }

  /// The classes of images, which must be just those that have a label.
  /// - Parameters:
  ///   - names: of the images, sorted.
  ///   - archive: where they are, for messages.
  func indices(of names: [String], in archive: FilePath) throws(FileError) -> [Int] {
    let count = labelled
    guard count == names.count else {
      throw FileError(
        .damaged, archive, expected: "\(count) images, as many as \(path) labels", found: "\(names.count)",
        advice: "fetch the archive again, or give the labels that belong to it")
    }
    var taken: Set<String> = []
    return try names.map { (name) throws(FileError) in
      let key = key(of: name)
      if let index = index(of: key), taken.insert(key).inserted { return index }
      throw FileError(
        .damaged, path, expected: "a label for '\(name)' alone", found: taken.contains(key) ? "that of another image" : "none",
        advice: "give the labels that belong to \(archive)")
    }
  }

  private var labelled: Int {
    switch form {
    case .numbered(let indices): indices.count
    case .named(let indices): indices.count
    }
  }

  /// By what an image finds its label: its name without suffix, or its number.
  private func key(of name: String) -> String {
    let stem = ValidationLabels.stem(name)
    guard case .numbered = form else { return stem }
    return Int(stem.split(separator: "_").last ?? "").map(String.init) ?? stem
  }

  private func index(of key: String) -> Int? {
    switch form {
    case .named(let indices): return indices[key]
    case .numbered(let indices):
      guard let number = Int(key), number >= 1, number <= indices.count else { return nil }
      return indices[number - 1]
    }
  }

  /// An image's name without folders and suffix.
  private static func stem(_ name: some StringProtocol) -> String { String((name.split { $0 == "/" }.last ?? "").prefix { $0 != "." }) }

  private static func text(_ path: FilePath, _ synsets: Synsets) throws(FileError) -> (Form, areNumbers: Bool) {
    guard path.lastComponent?.string != DevelopmentKit.labels else {
      throw FileError(
        .unsupported, path, expected: "classes", found: "ILSVRC's own ids, which are another order",
        advice: "give the development kit itself, ILSVRC2012_devkit_t12.tar.gz: its meta.mat says what they mean")
    }
    // Spreadsheets write a byte order mark.
    let text = String(decoding: try LocalDisk().read(path), as: UTF8.self).drop { $0 == "\u{FEFF}" }
    let lines = text.split(whereSeparator: \.isNewline)
    var numbered: [Int] = []
    var named: [String: Int] = [:]
    var areNumbers = false
    for (number, line) in lines.enumerated() {
      let words = line.split { $0 == "," || $0.isWhitespace }
      if number == 0, words.first == "ImageId" { continue }
      guard words.count >= 1, let index = index(words.count == 1 ? words[0] : words[1], synsets) else {
        throw wrongLine(path, number + 1, line)
      }
      areNumbers = areNumbers || synsets.index(of: words.count == 1 ? words[0] : words[1]) == nil
      if words.count == 1 {
        numbered.append(index)
      } else if named.updateValue(index, forKey: stem(words[0])) != nil {
        throw wrongLine(path, number + 1, line)
      }
    }
    guard numbered.isEmpty != named.isEmpty else {
      throw FileError(
        .damaged, path, expected: "a label on every line, with the image's name on all lines or on none", found: "both, or no line at all",
        advice: "give the labels as they are published")
    }
    return (named.isEmpty ? .numbered(numbered) : .named(named), areNumbers)
  }

  private static func index(_ word: Substring, _ synsets: Synsets) -> Int? {
    synsets.index(of: word) ?? Int(word).flatMap { synsets.all.indices.contains($0) ? $0 : nil }
  }

  private static func wrongLine(_ path: FilePath, _ number: Int, _ line: Substring) -> FileError {
    let advice =
      line == "1000"
      ? "are these ILSVRC ids? Give the development kit, ILSVRC2012_devkit_t12.tar.gz, itself" : "give the labels as they are published"
    return FileError(
      .damaged, path, at: "line \(number)", expected: "a WNID or a number in 0..<1000, alone or behind an image's name, each image once",
      found: String(reflecting: String(line.prefix(60))), advice: advice)
  }
}
