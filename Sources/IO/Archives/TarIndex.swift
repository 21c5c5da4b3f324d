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
    var end = 0
    let reader = try ArchiveReader(file: file)
    while let member = try reader.next() {
      let entry = try TarIndex.entry(of: member, after: end, in: file)
      guard numbers.updateValue(entries.count, forKey: entry.name) == nil else {
        throw FileError(
          .unsafe, path, at: "member '\(entry.name)'", expected: "each name once", found: "it twice", advice: "make the tar again")
      }
      entries.append(entry)
      try TarIndex.checkFrame(of: entry, in: file)
      end = entry.offset + entry.size + TarHeader.padding(behind: entry.size)
    }
    try TarIndex.checkEnd(of: file, at: end)
    self.entries = entries
    self.numbers = numbers
  }

  public var path: FilePath { file.path }

  /// `nil` when there is no member of that name.
  public subscript(name: String) -> Entry? { numbers[name].map { entries[$0] } }

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
  /// - Returns: the digest of the whole, and those of the members' contents by name.
  /// - Throws: `.damaged` when the file ends before; `.io`.
  public func digests(_ progress: (Int) -> Void = { _ in }) throws(FileError) -> (whole: Digest, members: [String: Digest]) {
    var whole = SHA256()
    var members: [String: Digest] = [:]
    var place = 0
    for entry in entries {
      try add(place..<entry.offset, to: &whole)
      var content = SHA256()
      place = entry.offset
      while place < entry.offset + entry.size {
        let piece = try file.bytes(at: place, count: min(entry.offset + entry.size - place, 1 << 20))
        whole.update(piece)
        content.update(piece)
        place += piece.count
        progress(place)
      }
      members[entry.name] = content.finalize()
    }
    try add(place..<file.size, to: &whole)
    return (whole.finalize(), members)
  }

  private func add(_ range: Range<Int>, to hash: inout SHA256) throws(FileError) {
    hash.update(try file.bytes(at: range.lowerBound, count: range.count))
  }

  private static func entry(of member: ArchiveMember, after end: Int, in file: InputFile) throws(FileError) -> Entry {
    let place = "member '\(member.name)'"
    guard member.kind == .file, let size = member.size, let offset = member.dataOffset else {
      throw FileError(.unsupported, file.path, at: place, expected: "a file in a plain ustar archive", advice: "make the tar again")
    }
    guard offset == end + 512 else {
      throw FileError(.damaged, file.path, at: place, expected: "its header at byte \(end)", found: "it at byte \(offset - 512)")
    }
    guard offset <= file.size, size <= file.size - offset else {
      throw FileError(
        .damaged, file.path, at: place, expected: "\(size) bytes", found: "the end of the file",
        advice: "the tar was cut short: make it again")
    }
    return Entry(name: member.name, offset: offset, size: size)
  }

  /// The header before a content and the zeros behind it.
  private static func checkFrame(of entry: Entry, in file: InputFile) throws(FileError) {
    let place = "member '\(entry.name)'"
    let header = try file.bytes(at: entry.offset - TarHeader.blockSize, count: TarHeader.blockSize)
    guard header == TarHeader.bytes(name: entry.name, size: entry.size) else {
      throw FileError(
        .damaged, file.path, at: place, expected: "the header that this program writes", found: "another", advice: "make the tar again")
    }
    let padding = TarHeader.padding(behind: entry.size)
    guard try file.bytes(at: entry.offset + entry.size, count: padding).allSatisfy({ $0 == 0 }) else {
      throw FileError(
        .damaged, file.path, at: place, expected: "zeros behind it up to the end of its block", found: "other bytes",
        advice: "make the tar again")
    }
  }

  /// Nothing may follow the last member but the two blocks of zeros.
  private static func checkEnd(of file: InputFile, at end: Int) throws(FileError) {
    guard file.size - end == 1024, try file.bytes(at: end, count: 1024).allSatisfy({ $0 == 0 }) else {
      throw FileError(
        .damaged, file.path, at: "byte \(end)", expected: "1024 zero bytes as the end",
        found: "\(file.size - end) bytes, not all of them zero",
        advice: "the tar was cut short or added to: make it again")
    }
  }
}
