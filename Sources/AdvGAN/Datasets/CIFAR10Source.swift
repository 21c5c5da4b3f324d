import IO
import Jobs

/// CIFAR-10 in its official binary version: `cifar-10-binary.tar.gz`, or the folder it unpacks to.
///
/// A batch is a row of records of 3,073 bytes: the label, then the red, green and blue planes of 32x32 bytes, row-major. Class names stand
/// in `batches.meta.txt`. The inventory runs through data batches 1 to 5 and then the test batch, whatever the archive's order.
/// Source: <https://www.cs.toronto.edu/~kriz/cifar.html>.
public struct CIFAR10Source: DatasetSource {
  public static let name = "cifar10"
  /// Settings: `archive` (a file or folder, required).
  public let inputs: [String: ExternalInput]

  private static let trainBatches = (1...5).map { "data_batch_\($0).bin" }
  private static let batches = trainBatches + ["test_batch.bin"]
  private static let names = "batches.meta.txt"
  private static let ignored = "readme.html"
  private static let side = 32
  private static let plane = side * side
  private static let recordSize = 1 + 3 * plane
  private static let classCount = 10
  /// Six times a batch of the official 10,000 records.
  private static let sizeLimit = 60_000 * recordSize

  public init(path: FilePath) { inputs = ["archive": ExternalInput(path)] }

  public init(_ settings: inout SettingsReader) throws {
    self.init(path: try settings.path("archive", "cifar-10-binary.tar.gz, or a folder of what is in it"))
  }

  public init?(path: FilePath, firstMember: String, undivided: Split) {
    let parts = firstMember.split(separator: "/").map(String.init)
    let isKnown = parts.last.map { Self.batches.contains($0) || $0 == Self.names } ?? false
    guard isKnown || parts.first == "cifar-10-batches-bin" else { return nil }
    self.init(path: path)
  }

  public func scan(_ check: () throws -> Void) throws -> Inventory {
    var labels: [String: [Int]] = [:]
    var classes: [String]?
    try forEachMember { file, reader in
      try check()
      guard labels[file] == nil, file != Self.names || classes == nil else {
        throw problem(file, .damaged, expected: "each member once", found: "it twice")
      }
      if file == Self.names {
        classes = try classNames(try reader.bytes(limit: 1 << 16))
      } else {
        labels[file] = try self.labels(try reader.bytes(limit: Self.sizeLimit), of: file)
      }
    }
    guard let classes else { throw absent(Self.names) }
    var entries: [Inventory.Entry] = []
    for batch in Self.batches {
      guard let labels = labels[batch] else { throw absent(batch) }
      let split: Split = Self.trainBatches.contains(batch) ? .train : .test
      entries += labels.enumerated().map { Inventory.Entry(name: Self.recordName(batch, $0), split: split, label: $1) }
    }
    return try Inventory(classes: classes, entries: entries, of: archive)
  }

  public func read(_ inventory: Inventory, where isWanted: (Int) -> Bool, _ body: (Int, RawImage) throws -> Void) throws {
    var count = 0
    try forEachMember { file, reader in
      guard file != Self.names else { return }
      let batch = try reader.bytes(limit: Self.sizeLimit)
      for (record, label) in try labels(batch, of: file).enumerated() {
        let name = Self.recordName(file, record)
        guard let place = inventory.place(of: name), inventory.entries[place].label == label else {
          throw changed(at: name, "another record")
        }
        count += 1
        if isWanted(place) { try body(place, .pixels(Self.image(batch, record))) }
      }
    }
    guard count == inventory.entries.count else { throw changed(at: Self.batches[0], "\(count) of \(inventory.entries.count) records") }
  }

  /// Calls `body` for every batch and the class names; refuses strangers.
  private func forEachMember(_ body: (_ file: String, _ reader: MemberReader) throws -> Void) throws {
    let reader = try MemberReader(archive)
    while let name = try reader.next() {
      let file = String(name.split(separator: "/").last ?? "")
      if file == Self.ignored { continue }
      guard Self.batches.contains(file) || file == Self.names else {
        throw FileError(
          .unsupported, archive, at: "member '\(name)'",
          expected: "data_batch_1.bin to data_batch_5.bin, test_batch.bin and batches.meta.txt",
          found: "another name", advice: "take the binary version, cifar-10-binary.tar.gz (data-prep/cifar10 fetches it)")
      }
      try body(file, reader)
    }
  }

  /// The records' labels, all checked.
  private func labels(_ batch: [UInt8], of file: String) throws(FileError) -> [Int] {
    guard !batch.isEmpty, batch.count.isMultiple(of: Self.recordSize) else {
      throw problem(file, .damaged, expected: "a multiple of \(Self.recordSize) bytes", found: "\(batch.count)")
    }
    let labels = stride(from: 0, to: batch.count, by: Self.recordSize).map { Int(batch[$0]) }
    if let record = labels.firstIndex(where: { $0 >= Self.classCount }) {
      throw problem(Self.recordName(file, record), .damaged, expected: "a label in 0...\(Self.classCount - 1)", found: "\(labels[record])")
    }
    return labels
  }

  private func classNames(_ bytes: [UInt8]) throws(FileError) -> [String] {
    let names = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).map(String.init)
    guard Set(names).count == Self.classCount, names.count == Self.classCount else {
      throw problem(Self.names, .damaged, expected: "\(Self.classCount) different class names", found: "\(names.count) words")
    }
    return names
  }

  /// Planes to pixels.
  private static func image(_ batch: [UInt8], _ record: Int) -> Image {
    let start = record * recordSize + 1
    let rgb = [UInt8](unsafeUninitializedCapacity: 3 * plane) { rgb, count in
      for pixel in 0..<plane {
        for colour in 0..<3 { rgb[3 * pixel + colour] = batch[start + colour * plane + pixel] }
      }
      count = 3 * plane
    }
    return Image(width: side, height: side, rgb: rgb)
  }

  private static func recordName(_ batch: String, _ record: Int) -> String { "\(batch) record \(record)" }

  private func problem(_ member: String, _ kind: FileError.Kind, expected: String, found: String) -> FileError {
    FileError(
      kind, archive, at: "member '\(member)'", expected: expected, found: found, advice: "fetch the archive again (data-prep/cifar10)")
  }

  private func absent(_ member: String) -> FileError {
    problem(member, .missing, expected: "all \(Self.batches.count) batches and the class names", found: "none of that name")
  }
}
