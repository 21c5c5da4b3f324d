import IO

/// How a tree of class-named folders is laid out, told from the names of its files alone.
///
/// Either `CLASS/FILE`, or `SPLIT/CLASS/FILE` with splits named train, validation and test; both also within one more folder around
/// everything, as archives often have it.
struct FolderLayout: Equatable {
  /// Folders around everything: 0 or 1.
  let outer: Int
  let hasSplits: Bool

  /// - Parameter names: of all files, not none.
  /// - Throws: `.unsupported`, naming the first file that fits no layout.
  init(of names: [String], in path: FilePath) throws(FileError) {
    precondition(!names.isEmpty, "FolderLayout: there must be a file")
    let parts = names.map { $0.split(separator: "/") }
    let depth = parts[0].count
    guard (2...4).contains(depth) else { throw FolderLayout.misfit(names[0], in: path) }
    if let odd = parts.firstIndex(where: { $0.count != depth }) { throw FolderLayout.misfit(names[odd], in: path, unlike: names[0]) }
    let stranger = { (level: Int) in parts.firstIndex { Split(rawValue: String($0[level])) == nil } }
    let isAlone = Set(parts.map { $0[0] }).count == 1

    switch depth {
    case 2: (outer, hasSplits) = (0, false)
    case 3 where stranger(0) == nil: (outer, hasSplits) = (0, true)
    case 3 where isAlone: (outer, hasSplits) = (1, false)
    case 4 where isAlone && stranger(1) == nil: (outer, hasSplits) = (1, true)
    default: throw FolderLayout.misfit(names[stranger(isAlone ? 1 : 0) ?? 0], in: path)
    }
  }

  /// The split (nil where the layout has none) and the class of a file that the layout was told from.
  func place(of name: String) -> (split: Split?, className: String) {
    let parts = name.split(separator: "/").dropFirst(outer)
    guard hasSplits else { return (nil, String(parts[outer])) }
    return (Split(rawValue: String(parts[outer])), String(parts[outer + 1]))
  }

  private static func misfit(_ name: String, in path: FilePath, unlike other: String? = nil) -> FileError {
    FileError(
      .unsupported, path, at: "member '\(name)'", expected: "CLASS/FILE, or SPLIT/CLASS/FILE with a split of train, validation or test",
      found: other.map { "it beside '\($0)'" } ?? "another arrangement of folders", advice: "rearrange the images")
  }
}
