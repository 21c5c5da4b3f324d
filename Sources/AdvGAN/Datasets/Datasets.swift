import IO
import Jobs

/// All sources of images, and opening whatever a path leads to.
public enum Datasets {
  /// In the order in which `open` asks them; a new source is one more line.
  public static let sources: [any DatasetSource.Type] = [
    CIFAR10Source.self,
    ImageNetSource.self,
    FoldersSource.self,
  ]

  /// Reads what the path leads to, told by its content: the artifact of an extract stage, `cifar-10-binary.tar.gz`, or an archive or
  /// folder of class-named folders with PNG or JPEG images.
  /// - Parameters:
  ///   - wanted: the splits to read; others are skipped, without being decoded.
  ///   - undivided: the split that a tree without split folders counts as.
  /// - Throws: `FileError`, `.unsupported` where it is none of these.
  public static func open(_ path: FilePath, only wanted: Set<Split> = Set(Split.allCases), undivided: Split = .train) throws -> Dataset {
    let first = try MemberReader(path).next() ?? ""
    if try isArtifact(path) { return try Dataset(artifactAt: path, only: wanted) }
    for source in sources {
      if let source = source.init(path: path, firstMember: first, undivided: undivided) { return try Dataset(source, only: wanted) }
    }
    throw FileError(
      .unsupported, path, expected: "a data set's artifact, cifar-10-binary.tar.gz, or class-named folders with images",
      found: first.isEmpty ? "no file in it" : "'\(first)' as its first file", advice: "check the path")
  }

  /// The source of that name, reading its settings.
  static func source(named name: String, _ settings: inout SettingsReader) throws -> any DatasetSource {
    guard let source = sources.first(where: { $0.name == name }) else {
      preconditionFailure("Datasets.source: '\(name)' is none of \(sources.map { $0.name })")
    }
    return try source.init(&settings)
  }

  /// An artifact is a tar that begins with its manifest (hidden to `MemberReader`), or with the class list.
  private static func isArtifact(_ path: FilePath) throws(FileError) -> Bool {
    guard try LocalDisk().status(path)?.kind == .file, let first = try ArchiveReader(path: path).next()?.name else { return false }
    return first == Manifest.memberName || first == DatasetFormat.classesMember
  }
}

extension Dataset {
  /// Reads all images of a source that belong to the wanted splits.
  init(_ source: some DatasetSource, only wanted: Set<Split> = Set(Split.allCases)) throws {
    try source.verifyGzip()
    let inventory = try source.inventory()
    let plan = try SplitPlan(inventory)
    var builders: [Split: ImageSetBuilder] = [:]
    for split in plan.counts.keys where wanted.contains(split) {
      builders[split] = ImageSetBuilder(count: plan.count(split), from: source.archive)
    }
    let isWanted = { (place: Int) in wanted.contains(inventory.entries[place].split) }
    try source.read(inventory, where: isWanted) { place, raw in
      guard let target = plan.places[place] else { return }
      let entry = inventory.entries[place]
      let image =
        switch raw {
        case .pixels(let image): image
        case .file(let bytes): try ImageFile.decode(bytes, member: entry.name, of: source.archive)
        }
      try builders[target.split]?.set(target.number, image, label: entry.label, named: entry.name)
    }
    self.init(classes: inventory.classes, splits: builders.compactMapValues { $0.finish() }, present: Set(plan.counts.keys))
  }
}
