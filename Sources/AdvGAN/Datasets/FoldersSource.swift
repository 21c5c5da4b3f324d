import IO
import Jobs

/// Images (PNG or JPEG) in class-named folders, in an archive of any kind or a folder: see `FolderLayout` for the arrangement.
///
/// Classes are numbered in byte order of their names, images in rounds over the classes, in byte order of their names, so that an archive and
/// the folder it was made of give the same data set.
public struct FoldersSource: DatasetSource {
  public static let name = "folders"
  /// Settings: `archive` (a file or folder, required), `split` (of a tree without split folders; default `train`).
  public let inputs: [String: ExternalInput]
  /// The split that a tree without split folders counts as.
  public let undivided: Split

  /// - Parameter path: an archive or a folder.
  public init(path: FilePath, undivided: Split = .train) {
    inputs = ["archive": ExternalInput(path)]
    self.undivided = undivided
  }

  public init(_ settings: inout SettingsReader) throws {
    let path = try settings.path(
      "archive", "[TOP/][SPLIT/]CLASS/FILE with PNG or JPEG files: a folder, or any archive that libarchive reads")
    let word = try settings.choice("split", of: Split.allCases.map(\.rawValue), default: Split.train.rawValue, "split of a tree without split folders")
    self.init(path: path, undivided: Split(rawValue: word) ?? .train)
  }

  /// Settings: `fit` (none): `centre-square` scales the images, by the settings of `ImagePreparation.centreSquare`; without it all have
  /// one size already.
  public static func preparation(_ settings: inout SettingsReader) throws -> ImagePreparation {
    try settings.optionalChoice("fit", of: ["centre-square"], "images may have any size, and are scaled and cut; by default nothing is scaled") == nil ? .exact(&settings) : .centreSquare(&settings)
  }

  public init?(path: FilePath, firstMember: String, undivided: Split) {
    guard firstMember.contains("/") else { return nil }
    self.init(path: path, undivided: undivided)
  }

  public func scan(_ check: () throws -> Void) throws -> Inventory {
    let reader = try MemberReader(archive)
    var names: [String] = []
    while let name = try reader.next() {
      names.append(name)
      try check()
    }
    guard !names.isEmpty else {
      throw FileError(.damaged, archive, expected: "images in class-named folders", found: "no file at all", advice: "check the path")
    }
    names.sort { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let layout = try FolderLayout(of: names, in: archive)
    let found = names.map { (name: $0, place: layout.place(of: $0)) }
    let classes = Set(found.map(\.place.className)).sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let labels = Dictionary(uniqueKeysWithValues: zip(classes, 0...))
    let entries = found.map { Inventory.Entry(name: $0, split: $1.split ?? undivided, label: labels[$1.className] ?? 0) }
    return try Inventory(classes: classes, entries: entries.inRounds(classes: classes.count), of: archive)
  }

  public func read(_ inventory: Inventory, where isWanted: (Int) -> Bool, _ body: (Int, RawImage) throws -> Void) throws {
    let reader = try MemberReader(archive)
    var count = 0
    while let name = try reader.next() {
      guard let place = inventory.place(of: name) else { throw changed(at: name, "a new member") }
      count += 1
      if isWanted(place) { try body(place, .file(reader.bytes(limit: MemberReader.largestImage))) }
    }
    guard count == inventory.entries.count else {
      throw changed(at: inventory.entries.last?.name ?? "", "\(count) of \(inventory.entries.count) members")
    }
  }

  public func advice(onSplit split: Split, lacking label: Int, of inventory: Inventory) -> String { "give every split the same class folders" }
}

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
    guard (2...4).contains(depth) else { throw FolderLayout.misfit(names[0], in: path, depth: depth - 1) }
    if let odd = parts.firstIndex(where: { $0.count != depth }) { throw FolderLayout.misfit(names[odd], in: path, unlike: names[0]) }
    let stranger = { (level: Int) in parts.firstIndex { Split(rawValue: String($0[level])) == nil } }
    for level in 0..<depth - 1 { try FolderLayout.checkSplits(parts.map { String($0[level]) }, level, depth, in: path) }
    let isAlone = Set(parts.map { $0[0] }).count == 1

    switch depth {
    case 2: (outer, hasSplits) = (0, false)
    case 3 where stranger(0) == nil: (outer, hasSplits) = (0, true)
    case 3 where isAlone: (outer, hasSplits) = (1, false)
    case 4 where isAlone && stranger(1) == nil: (outer, hasSplits) = (1, true)
    default: throw FolderLayout.misfit(names[stranger(isAlone ? 1 : 0) ?? 0], in: path, depth: depth - 1)
    }
  }

  /// The split (nil where the layout has none) and the class of a file that the layout was told from.
  func place(of name: String) -> (split: Split?, className: String) {
    let parts = name.split(separator: "/").dropFirst(outer)
    guard hasSplits else { return (nil, String(parts[outer])) }
    return (Split(rawValue: String(parts[outer])), String(parts[outer + 1]))
  }

  /// Refuses folders that are splits by their names, all of them, but stand or are spelt where they would count as something else.
  private static func checkSplits(_ names: [String], _ level: Int, _ depth: Int, in path: FilePath) throws(FileError) {
    let meant = names.map(Split.init(meant:))
    guard meant.allSatisfy({ $0 != nil }) else { return }
    if level == depth - 2 {
      let found = Set(names).sorted().map { "'\($0)'" }.joined(separator: ", ")
      throw FileError(
        .unsupported, path, expected: "class folders, within the splits", found: "\(found) with images right in \(names.count == 1 ? "it" : "them")",
        advice: "put the images of each class into a folder of its own: train/CLASS/FILE")
    }
    for (name, split) in zip(names, meant) where split?.rawValue != name {
      throw FileError(
        .unsupported, path, at: "folder '\(name)'", expected: "splits named \(Split.allCases.map(\.rawValue).joined(separator: ", "))",
        found: "another spelling", advice: "rename it to '\(split?.rawValue ?? "")'")
    }
  }

  private static func misfit(_ name: String, in path: FilePath, unlike other: String? = nil, depth: Int = 0) -> FileError {
    FileError(
      .unsupported, path, at: "member '\(name)'", expected: "CLASS/FILE, or SPLIT/CLASS/FILE with a split of train, validation or test",
      found: other.map { "it beside '\($0)'" } ?? (depth == 0 ? "a file in no folder" : depth == 1 ? "it in 1 folder" : "it in \(depth) folders"),
      advice: other == nil && depth > 2
        ? "name the folder inside as 'archive', or make an archive of it: SPLIT/CLASS/FILE may stand in one more folder at most"
        : "rearrange the images")
  }
}
