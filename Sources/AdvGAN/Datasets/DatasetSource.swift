import IO
import Jobs

/// Somewhere that labelled images come from, named by `source:` in the job file. A value of a source is its settings.
///
/// A source is read twice: `scan` lists what is there, so that all decisions (which image goes where) fall before a single
/// pixel is decoded; `read` streams the images that were chosen. Nothing is ever unpacked to the disk.
public protocol DatasetSource: Sendable {
  /// The word after `source:`.
  static var name: String { get }

  /// Reads its settings, which stand beside those of the extract stage.
  init(_ settings: inout SettingsReader) throws

  /// The source for `path` if this is the right one for it, else nil.
  /// - Parameters:
  ///   - firstMember: the name of the first file in the archive or folder.
  ///   - undivided: the split that images belong to where nothing in the archive says so.
  init?(path: FilePath, firstMember: String, undivided: Split)

  /// The files or folders it reads, by the name of the setting that gave them. The main one is `archive`.
  var inputs: [String: ExternalInput] { get }

  /// Reads the settings that say what becomes of its images; `size` alone, unless the source says otherwise.
  static func preparation(_ settings: inout SettingsReader) throws -> ImagePreparation

  /// Lists the images, without decoding them, in an order that depends on the content alone, not on the archive's. Callers ask
  /// `inventory`, which checks the answer.
  /// - Parameter check: called now and then; what it throws ends the work.
  /// - Throws: `FileError` for an archive that is not what the source expects.
  func scan(_ check: () throws -> Void) throws -> Inventory

  /// Streams images in the archive's own order.
  /// - Parameters:
  ///   - inventory: what `scan` said.
  ///   - isWanted: whether the image at that place of the inventory is to be read.
  ///   - body: takes the place in the inventory and the image.
  /// - Throws: `FileError`, also where the archive changed since `scan`; what `body` throws.
  func read(_ inventory: Inventory, where isWanted: (Int) -> Bool, _ body: (Int, RawImage) throws -> Void) throws

  /// The file or folder that holds an image, for messages.
  func path(of entry: Inventory.Entry) -> FilePath

  /// What to do about a split that has no image of a class.
  func advice(onSplit split: Split, lacking label: Int, of inventory: Inventory) -> String

  /// What a person should know of a finished extraction, a sentence each: where the numbers are not those that are known of the archive.
  func remarks(on plan: SplitPlan, of inventory: Inventory, prepared by: ImagePreparation, limit: Int?) -> [String]
}

/// What a source holds: everything but the pixels.
public struct Inventory: Equatable, Sendable {
  public struct Entry: Equatable, Sendable {
    /// Where it stands, for messages and as its identity: `train/cat/0001.jpg`.
    public var name: String
    public var split: Split
    /// Index of its class.
    public var label: Int

    public init(name: String, split: Split, label: Int) { (self.name, self.split, self.label) = (name, split, label) }
  }

  /// The classes' names, in order of their labels.
  public let classes: [String]
  public let entries: [Entry]
  /// Splits of which the source has all that was ever published, as far as it can tell.
  public let complete: Set<Split>
  /// Splits that the settings name files for; and those that may lack classes, as the source knows for certain what its images show.
  public let promised: Set<Split>, partial: Set<Split>
  private let places: [String: Int]

  /// - Throws: `.damaged` where a name comes twice.
  public init(
    classes: [String], entries: [Entry], complete: Set<Split> = [], promised: Set<Split> = [], partial: Set<Split> = [],
    of path: FilePath
  ) throws(FileError) {
    var places: [String: Int] = Dictionary(minimumCapacity: entries.count)
    for (place, entry) in entries.enumerated() {
      guard places.updateValue(place, forKey: entry.name) == nil else {
        throw FileError(
          .damaged, path, at: "member '\(entry.name)'", expected: "each name once", found: "it twice", advice: "make the archive again")
      }
    }
    (self.classes, self.entries, self.places) = (classes, entries, places)
    (self.complete, self.promised, self.partial) = (complete, promised, partial)
  }

  /// The place of the entry of that name; nil where there is none.
  public func place(of name: String) -> Int? { places[name] }
}

extension [Inventory.Entry] {
  /// The first image of every class, then the second of every class and so on, split by split, so that the first N of a split are a fair
  /// sample of it.
  func inRounds(classes: Int) -> [Inventory.Entry] {
    var seen: [Split: [Int]] = [:]
    let rounds = map { entry in
      defer { seen[entry.split, default: [Int](repeating: 0, count: classes)][entry.label] += 1 }
      return seen[entry.split]?[entry.label] ?? 0
    }
    return indices.sorted { (rounds[$0], $0) < (rounds[$1], $1) }.map { self[$0] }
  }
}

extension Inventory {
  /// Whether it can be what somebody wants to learn from: at least two classes, and every class in every split there is or should be; else a
  /// class would be learnt and never measured, or the reverse. A partial split needs some image.
  /// - Parameter path: the file or folder that has a split.
  func check(_ path: (Split) -> FilePath, _ advice: (_ split: Split, _ absent: Int) -> String) throws(FileError) {
    guard classes.count > 1 else {
      throw FileError(
        .unsupported, path(.train), expected: "images of two classes at least", found: "the one class '\(classes.first ?? "")'",
        advice: "each class needs a folder of its own, or a label of its own")
    }
    let present = Dictionary(grouping: entries, by: \.split).mapValues { Set($0.map(\.label)) }
    for split in Split.allCases where present[split] != nil || promised.contains(split) {
      let labels = present[split] ?? []
      if partial.contains(split), !labels.isEmpty { continue }
      guard let absent = classes.indices.first(where: { !labels.contains($0) }) else { continue }
      let found = "none of '\(classes[absent])'" + (classes.count - labels.count > 1 ? " and \(classes.count - labels.count - 1) more" : "")
      throw FileError(
        .unsupported, path(split), at: "split '\(split.rawValue)'", expected: "images of every class", found: found,
        advice: advice(split, absent))
    }
  }
}

extension DatasetSource {
  /// Lists the images, and checks that they make up a data set.
  /// - Throws: what `scan` throws; `FileError` for fewer than two classes, and for a split that lacks a class or all.
  func inventory(_ check: () throws -> Void = {}) throws -> Inventory {
    let inventory = try scan(check)
    try inventory.check({ path(of: .init(name: "", split: $0, label: 0)) }) { advice(onSplit: $0, lacking: $1, of: inventory) }
    return inventory
  }

  /// Compares the checksums of those of its files that gzip packed.
  /// - Parameter progress: see ``GzipChecksum/verify(_:progress:)``.
  func verifyGzip(progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }) throws {
    for (_, input) in inputs.sorted(by: { $0.key < $1.key }) where try LocalDisk().status(input.path)?.kind == .file {
      try GzipChecksum.verify(input.path, progress: progress)
    }
  }

  public func advice(onSplit split: Split, lacking label: Int, of inventory: Inventory) -> String { "give every split images of the same classes" }

  public static func preparation(_ settings: inout SettingsReader) throws -> ImagePreparation { try .exact(&settings) }

  public func remarks(on plan: SplitPlan, of inventory: Inventory, prepared by: ImagePreparation, limit: Int?) -> [String] { [] }

  public func path(of entry: Inventory.Entry) -> FilePath { archive }

  /// Where messages point that are not about one image: the file or folder that holds the images.
  public var archive: FilePath { inputs["archive"]?.path ?? "" }

  /// Lists the images in one go.
  public func scan() throws -> Inventory { try scan {} }

  /// For `read`: an archive that is not the one that `scan` saw.
  func changed(at member: String, _ found: String) -> FileError {
    FileError(
      .damaged, archive, at: "member '\(member)'", expected: "the archive as it was a moment ago", found: found,
      advice: "let nobody change it while it is read")
  }
}
