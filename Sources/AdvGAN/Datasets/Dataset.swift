import IO
import Jobs

/// A part of a data set. The raw value names folders and members: `train`, `validation`, `test`.
public enum Split: String, CaseIterable, Comparable, Sendable, Codable {
  /// Networks learn from it.
  case train
  /// Chooses between networks; never learnt from.
  case validation
  /// Measures the chosen network, and is watched on the way; nothing is learnt from it or chosen by it.
  case test

  public static func < (left: Split, right: Split) -> Bool { left.order < right.order }

  private var order: Int {
    switch self {
    case .train: 0
    case .validation: 1
    case .test: 2
    }
  }

  /// The split that a folder of this name is meant to be, whatever its spelling: `Train`, `val`, `testing`; nil for another name.
  init?(meant name: String) {
    switch name.lowercased() {
    case "train", "training", "trn": self = .train
    case "validation", "val", "valid", "validate", "dev", "eval": self = .validation
    case "test", "testing", "tst": self = .test
    default: return nil
    }
  }

  /// As people name its images.
  public var words: String {
    switch self {
    case .train: "training images"
    case .validation: "validation images"
    case .test: "test images"
    }
  }
}

/// Labelled images: up to three splits over the same classes.
public struct Dataset: Equatable, Sendable {
  /// The classes' names, in order of their labels.
  public let classes: [String]
  /// The splits that exist (and were asked for); none is empty, all have images of one size.
  public let splits: [Split: ImageSet]

  /// The splits that there are, asked for or not; for messages.
  let present: Set<Split>

  /// - Parameter present: the splits that there are beside `splits`, if more were not asked for.
  public init(classes: [String], splits: [Split: ImageSet], present: Set<Split> = []) {
    precondition(
      splits.values.allSatisfy { $0.labels.allSatisfy(classes.indices.contains) }, "Dataset: every label must lie in 0..<\(classes.count)")
    (self.classes, self.splits, self.present) = (classes, splits, present.union(splits.keys))
  }

  /// A split that the caller cannot do without.
  /// - Throws: `StageError` where the data set has none of that name.
  public func split(_ split: Split) throws(StageError) -> ImageSet {
    guard let set = splits[split] else {
      if present.contains(split) { throw StageError("the split '\(split.rawValue)' of the data set was not opened") }
      let found = present.sorted().map { "'\($0.rawValue)'" }.joined(separator: " and ")
      let advice = split == .validation ? "; set 'validation' in the extract stage to carve one out of 'train'" : ""
      throw StageError("the data set has no split '\(split.rawValue)', \(found.isEmpty ? "nor any other" : "only \(found)")\(advice)")
    }
    return set
  }
}

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
    self.init(classes: classes.names, splits: splits, present: Set(members.counts.keys))
  }
}
