import SystemPackage

/// Random access to the members of a tar as `TarWriter` makes it: one pass over the headers, then a single read for each member.
///
/// Any number of threads may read at once. Stricter than `ArchiveReader`: files only, no name twice, every header just as `TarWriter` writes
/// it, no gap between members, nothing but zeros behind a content, and the two zero blocks of the end in their place. So a byte that is
/// altered outside the contents is noticed, and a tar cut off between two members.
public final class TarIndex: Sendable {
  public struct Entry: Equatable, Sendable {
    public let name: String
    /// Where the content begins in the tar, in bytes.
    public let offset: Int
    /// In bytes.
    public let size: Int
  }

  /// In the order of the tar.
  public let entries: [Entry]
  private let file: InputFile
  private let numbers: [String: Int]

  /// - Throws: `.missing`, `.permission`; `.damaged` for a tar that is truncated or has gaps, `.unsupported` for one that `TarWriter` would
  ///   not make, `.unsafe` for names that leave their folder or come twice.
  public init(_ path: FilePath) throws(FileError) {
    file = try InputFile(path)
    var entries: [Entry] = []
    var numbers: [String: Int] = [:]
    var scan = TarScan(of: file)
    while let entry = try scan.next() {
      guard numbers.updateValue(entries.count, forKey: entry.name) == nil else {
        throw FileError(
          .unsafe, path, at: "member '\(entry.name)'", expected: "each name once", found: "it twice", advice: "make the tar again")
      }
      entries.append(entry)
    }
    (self.entries, self.numbers) = (entries, numbers)
  }

  public var path: FilePath { file.path }

  /// `nil` when there is no member of that name.
  public subscript(name: String) -> Entry? { number(of: name).map { entries[$0] } }

  /// The place of a member among the entries; `nil` when there is none of that name.
  public func number(of name: String) -> Int? { numbers[name] }

  /// A member's content.
  /// - Throws: `.missing` when there is no such member; `.damaged`, `.io`.
  public func bytes(of name: String) throws(FileError) -> [UInt8] {
    guard let entry = self[name] else {
      throw FileError(.missing, path, at: "member '\(name)'", found: "\(entries.count) other members", advice: "check the name")
    }
    return try file.bytes(at: entry.offset, count: entry.size)
  }

  /// A member's content in a tar that nobody keeps open.
  /// - Parameter entry: as it was found in this tar.
  /// - Throws: `.missing` where the tar is gone; `.damaged` where it ends before; `.io`.
  public static func bytes(of entry: Entry, in path: FilePath) throws(FileError) -> [UInt8] {
    try InputFile(path).bytes(at: entry.offset, count: entry.size)
  }

  /// Reads the whole file once, from its start to its end.
  /// - Parameter progress: is told now and then how many bytes were read.
  /// - Returns: the digest of the whole, and those of the members' contents in the order of the entries.
  /// - Throws: `.damaged` when the file ends before; `.io`.
  public func digests(_ progress: (Int) -> Void = { _ in }) throws(FileError) -> (whole: Digest, members: [Digest]) {
    var reading = Reading(of: file)
    var members: [Digest] = []
    members.reserveCapacity(entries.count)
    for entry in entries {
      try reading.read(to: entry.offset, progress) { _ in }
      var content = SHA256()
      try reading.read(to: entry.offset + entry.size, progress) { content.update($0) }
      members.append(content.finalize())
    }
    try reading.read(to: file.size, progress) { _ in }
    return (reading.whole.finalize(), members)
  }

  /// A file that is read from its start to its end, a MiB at a time, for its digest and those of its parts.
  private struct Reading: ~Copyable {
    private let file: InputFile
    private(set) var whole = SHA256()
    private var buffer: [UInt8]
    /// What of the file is in the buffer, and how far all of it was handed on.
    private var held = 0..<0
    private var place = 0

    private static let pieceSize = 1 << 20

    init(of file: InputFile) {
      self.file = file
      buffer = [UInt8](repeating: 0, count: Reading.pieceSize)
    }

    /// Hands on what comes next, up to a place in the file.
    mutating func read(to end: Int, _ progress: (Int) -> Void, _ body: (UnsafeRawBufferPointer) -> Void) throws(FileError) {
      while place < end {
        if place == held.upperBound {
          held = place..<(place + (try file.read(at: place, into: &buffer)))
          guard !held.isEmpty else { throw file.cut(at: place, expecting: end - place) }
          progress(held.upperBound)
        }
        let next = place..<min(end, held.upperBound)
        buffer.withUnsafeBytes { bytes in
          let piece = UnsafeRawBufferPointer(rebasing: bytes[(next.lowerBound - held.lowerBound)..<(next.upperBound - held.lowerBound)])
          whole.update(piece)
          body(piece)
        }
        place = next.upperBound
      }
    }
  }
}
