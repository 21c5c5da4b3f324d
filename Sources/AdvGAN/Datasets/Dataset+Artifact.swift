import IO
import Jobs

extension Dataset {
  /// Reads the artifact of an extract stage.
  /// - Parameter wanted: the splits to read; others are left out, without being decoded.
  /// - Throws: `FileError` for an artifact that is not whole or not of this format.
  public init(artifact: Artifact, only wanted: Set<Split> = Set(Split.allCases)) throws {
    try self.init(artifactAt: artifact.path, only: wanted)
  }

  /// Reads the artifact of an extract stage, or a plain ustar with the same members.
  /// - Parameter wanted: the splits to read; others are left out, without being decoded.
  /// - Throws: `FileError` for a tar that is not whole or not of this format.
  public init(artifactAt path: FilePath, only wanted: Set<Split> = Set(Split.allCases)) throws {
    let tar = try TarIndex(path)
    let classes = try ClassList(try tar.bytes(of: DatasetFormat.classesMember), from: path)
    var splits: [Split: PictureSet] = [:]
    for split in wanted {
      splits[split] = try Dataset.read(split, of: tar, classes)
    }
    self.init(classes: classes.names, splits: splits)
  }

  /// The pictures of a split; nil where the tar has none.
  private static func read(_ split: Split, of tar: TarIndex, _ classes: ClassList) throws -> PictureSet? {
    let members = tar.entries.count { $0.name.hasPrefix(split.rawValue + "/") }
    // With an odd number, the last name looked for below does not exist, and is named.
    let count = (members + 1) / 2
    var builder = PictureSetBuilder(count: count, from: tar.path)
    for number in 0..<count {
      let (name, picture) = try Dataset.picture(split, number, of: tar)
      try builder.set(number, picture, label: try label(split, number, of: tar, classes), named: name)
    }
    let set = builder.finish()
    if let expected = classes.counts, expected[split] ?? [] != set?.counts(classes: classes.names.count) ?? [] {
      throw FileError(
        .damaged, tar.path, at: "split '\(split.rawValue)'", expected: "the pictures that \(DatasetFormat.classesMember) counts",
        found: "\(count) of other classes or numbers", advice: "make the artifact again")
    }
    return set
  }

  private static func picture(_ split: Split, _ number: Int, of tar: TarIndex) throws(FileError) -> (name: String, Picture) {
    let name = DatasetFormat.pictureMember(split, number)
    let bytes = try tar.bytes(of: name)
    do throws(FileError) {
      return (name, try PictureFile.decode(bytes, from: tar.path))
    } catch {
      throw FileError(error.kind, tar.path, at: "member '\(name)'", expected: error.expected, found: error.found, advice: error.advice)
    }
  }

  private static func label(_ split: Split, _ number: Int, of tar: TarIndex, _ classes: ClassList) throws(FileError) -> Int {
    let name = DatasetFormat.labelMember(split, number)
    let text = String(decoding: try tar.bytes(of: name), as: UTF8.self)
    guard let label = Int(text), classes.names.indices.contains(label) else {
      throw FileError(
        .damaged, tar.path, at: "member '\(name)'", expected: "a label in 0..<\(classes.names.count)", found: "'\(text.prefix(20))'",
        advice: "make the artifact again")
    }
    return label
  }
}
