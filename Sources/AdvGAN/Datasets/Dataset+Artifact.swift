import IO
import Jobs

extension Dataset {
  /// Reads the artifact of an extract stage, comparing every member with its digest.
  /// - Parameter wanted: the splits to read; others are left out, without being decoded.
  /// - Throws: `FileError` for an artifact that is damaged or not of this format.
  public init(artifact: Artifact, only wanted: Set<Split> = Set(Split.allCases)) throws {
    let members = DatasetMembers(path: artifact.path, names: artifact.manifest.members.map(\.name), bytes: artifact.bytes(of:))
    try self.init(members, only: wanted)
  }

  /// Reads the artifact of an extract stage, or a plain ustar of the same members without a manifest.
  /// - Parameter wanted: the splits to read; others are left out, without being decoded.
  /// - Throws: `FileError` for a tar that is damaged or not of this format.
  public init(artifactAt path: FilePath, only wanted: Set<Split> = Set(Split.allCases)) throws {
    if try ArchiveReader(path: path).next()?.name == Manifest.memberName {
      try self.init(artifact: Artifact(opening: path), only: wanted)
    } else {
      let tar = try TarIndex(path)
      try self.init(DatasetMembers(path: path, names: tar.entries.map(\.name), bytes: tar.bytes(of:)), only: wanted)
    }
  }

  private init(_ members: DatasetMembers, only wanted: Set<Split>) throws {
    let classes = try members.classes()
    var splits: [Split: PictureSet] = [:]
    for split in wanted { splits[split] = try members.pictures(split, classes) }
    self.init(classes: classes.names, splits: splits)
  }
}

/// The members of a data set's tar, however they are reached.
private struct DatasetMembers {
  let path: FilePath
  let names: [String]
  /// Throws `.missing` where there is no such member.
  let bytes: (String) throws -> [UInt8]

  func classes() throws -> ClassList {
    try ClassList(try bytes(DatasetFormat.classesMember), from: path)
  }

  /// The pictures of a split; nil where there are none.
  func pictures(_ split: Split, _ classes: ClassList) throws -> PictureSet? {
    let members = names.count { $0.hasPrefix(split.rawValue + "/") }
    // Of an odd number, the last name looked for below does not exist, and is named.
    let count = (members + 1) / 2
    var builder = PictureSetBuilder(count: count, from: path)
    for number in 0..<count {
      let name = DatasetFormat.pictureMember(split, number)
      let picture = try PictureFile.decode(try bytes(name), member: name, of: path)
      try builder.set(number, picture, label: try label(split, number, classes), named: name)
    }
    let set = builder.finish()
    let found = set?.counts(classes: classes.names.count)
    if let counts = classes.counts, counts[split] != found {
      throw FileError(
        .damaged, path, at: "split '\(split.rawValue)'", expected: "the pictures that \(DatasetFormat.classesMember) counts",
        found: "\(count), of other classes or numbers", advice: "make the artifact again")
    }
    return set
  }

  private func label(_ split: Split, _ number: Int, _ classes: ClassList) throws -> Int {
    let name = DatasetFormat.labelMember(split, number)
    let text = String(decoding: try bytes(name), as: UTF8.self)
    guard let label = Int(text), classes.names.indices.contains(label) else {
      throw FileError(
        .damaged, path, at: "member '\(name)'", expected: "a label in 0..<\(classes.names.count)", found: "'\(text.prefix(20))'",
        advice: "make the artifact again")
    }
    return label
  }
}
