import IO
import Jobs

extension Dataset {
  /// The most bytes that decoded images take in memory, all wanted splits together; of a larger data set each image is read from
  /// its tar and decoded when it is asked for. CIFAR-10 takes 180 MB.
  public static let memoryLimit = 1 << 30

  /// Opens the artifact of an extract stage. Every member is compared with its digest when it is read.
  /// - Parameters:
  ///   - wanted: the splits to open; others are skipped, without being read.
  ///   - limit: decoded images of more bytes than this stay in the tar, which must then not change as long as they are used.
  /// - Throws: `FileError` for an artifact that is damaged or not of this format. Images that stay in the tar are read later, and throw
  ///   then; of each split the first is read now.
  public init(artifact: Artifact, only wanted: Set<Split> = Set(Split.allCases), inMemory limit: Int = memoryLimit) throws {
    try self.init(DatasetMembers(artifact), only: wanted, inMemory: limit)
  }

  /// Opens the artifact of an extract stage, or a plain ustar of the same members without a manifest.
  /// - Parameters: as above.
  /// - Throws: `FileError` for a tar that is damaged or not of this format.
  public init(artifactAt path: FilePath, only wanted: Set<Split> = Set(Split.allCases), inMemory limit: Int = memoryLimit) throws {
    if try ArchiveReader(path: path).next()?.name == Manifest.memberName {
      try self.init(artifact: Artifact(opening: path), only: wanted, inMemory: limit)
    } else {
      try self.init(DatasetMembers(TarIndex(path)), only: wanted, inMemory: limit)
    }
  }

  private init(_ members: DatasetMembers, only wanted: Set<Split>, inMemory limit: Int) throws(FileError) {
    let classes = try members.classes()
    var stored: [Split: StoredImages] = [:]
    for split in wanted.sorted() { stored[split] = try StoredImages(split, classes, in: members) }
    let fits = stored.values.reduce(0) { $0 + $1.decodedSize } <= limit
    var splits: [Split: ImageSet] = [:]
    for (split, images) in stored.sorted(by: { $0.key < $1.key }) { splits[split] = fits ? try images.decoded() : ImageSet(images) }
    self.init(classes: classes.names, splits: splits)
  }
}
