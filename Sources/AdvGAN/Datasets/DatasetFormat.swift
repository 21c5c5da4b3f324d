import IO
import Jobs

/// The members of a data set's artifact: `classes.json`, and for each image `train/000000.png` (or `.jpg`) with `train/000000.cls`
/// (WebDataset's naming; the label in ASCII decimal). Numbers count from 0 in each split. `skipped.json` names wanted images that are
/// not there; without it there are none.
enum DatasetFormat {
  static let classesMember = "classes.json"
  static let skippedMember = "skipped.json"

  /// The members' common name: `train/000042`. Six digits, more where six do not do.
  static func key(_ split: Split, _ number: Int) -> String {
    let digits = String(number)
    return "\(split.rawValue)/\(String(repeating: "0", count: max(0, 6 - digits.count)))\(digits)"
  }

  /// The kinds of images, of which each number has one.
  static let imageSuffixes = ["png", "jpg"]

  static func imageMember(_ split: Split, _ number: Int, _ suffix: String = "png") -> String { key(split, number) + ".\(suffix)" }

  static func labelMember(_ split: Split, _ number: Int) -> String { key(split, number) + ".cls" }
}

/// What `classes.json` says: `{"names": ["airplane", …], "counts": {"train": {"airplane": 5000, …}, …}}`.
struct ClassList: Equatable {
  /// In order of their labels.
  var names: [String]
  /// Images of each class by label, for the splits that exist; nil where the file does not say.
  var counts: [Split: [Int]]?

  /// The file's bytes, deterministic.
  var encoded: [UInt8] {
    var members: [String: JSON] = ["names": .array(names.map(JSON.string))]
    if let counts {
      let splits = counts.map { split, counts in
        (split.rawValue, JSON.object(Dictionary(uniqueKeysWithValues: zip(names, counts.map(JSON.integer)))))
      }
      members["counts"] = .object(Dictionary(uniqueKeysWithValues: splits))
    }
    return Array(JSON.object(members).pretty.utf8)
  }

  init(names: [String], counts: [Split: [Int]]?) { (self.names, self.counts) = (names, counts) }

  /// - Throws: `.damaged` for anything but an object with different names, and counts that fit them.
  init(_ bytes: [UInt8], from path: FilePath) throws(FileError) {
    let json = try? JSON(parsing: bytes)
    let names = json?["names"]?.elements?.compactMap(\.text) ?? []
    guard !names.isEmpty, names.count == json?["names"]?.elements?.count, Set(names).count == names.count else {
      throw ClassList.damage(path, "{\"names\": [the classes' names, each once]}")
    }
    self.names = names
    guard let members = json?["counts"]?.members else { return }
    var counts: [Split: [Int]] = [:]
    for (name, members) in members {
      let values = names.compactMap { members[$0]?.whole }
      guard let split = Split(rawValue: name), values.count == names.count, values.allSatisfy({ $0 >= 0 }) else {
        throw ClassList.damage(path, "a count for every class of split '\(name)'")
      }
      counts[split] = values
    }
    self.counts = counts
  }

  private static func damage(_ path: FilePath, _ expected: String) -> FileError {
    FileError(
      .damaged, path, at: "member '\(DatasetFormat.classesMember)'", expected: expected, found: "something else",
      advice: "make the artifact again")
  }
}

/// The members of a data set's tar, however they are reached. Any number of threads may read at once.
struct DatasetMembers: Sendable {
  let path: FilePath
  /// How many members lie in the folder of each split.
  let counts: [Split: Int]
  let has: @Sendable (String) -> Bool
  /// Throws `.missing` where there is no such member.
  let bytes: @Sendable (String) throws(FileError) -> [UInt8]

  /// Members are compared with their digests.
  init(_ artifact: Artifact) {
    path = artifact.path
    counts = Self.counts(artifact.manifest.members.lazy.map(\.name))
    has = { artifact.has($0) }
    bytes = { name throws(FileError) in try artifact.bytes(of: name) }
  }

  /// A tar without a manifest, so without digests.
  init(_ tar: TarIndex) {
    path = tar.path
    counts = Self.counts(tar.entries.lazy.map(\.name))
    has = { tar[$0] != nil }
    bytes = { name throws(FileError) in try tar.bytes(of: name) }
  }

  func classes() throws(FileError) -> ClassList { try ClassList(try bytes(DatasetFormat.classesMember), from: path) }

  private static func counts(_ names: some Sequence<String>) -> [Split: Int] {
    names.reduce(into: [:]) { counts, name in
      guard let slash = name.utf8.firstIndex(of: UInt8(ascii: "/")), let split = Split(rawValue: String(name[..<slash])) else { return }
      counts[split, default: 0] += 1
    }
  }
}
