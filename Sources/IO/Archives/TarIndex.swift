import SystemPackage

/// Random access to the members of a tar as `TarWriter` makes it: one pass over the headers, then a single read for each member.
///
/// Any number of threads may read at once. Stricter than `ArchiveReader`: plain ustar, files only, no name twice, no gap between members, and
/// the two zero blocks of the end in their place, so that a tar cut off between two members is noticed.
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
      end = entry.offset + (entry.size + 511) / 512 * 512
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
