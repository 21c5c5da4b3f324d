/// Chosen members of a plain tar from outside, whose other members are skipped by seeking: only their headers are read.
///
/// Members that no reader of this program takes (links, devices, names that leave their folder) are skipped too: they are none of
/// the parts, and a stage that wants one fails when it reads the archive.
public struct TarParts {
  private let path: FilePath
  private let parts: Set<String>
  /// Of all files among the parts, in bytes.
  private let size: Int

  /// Bytes that are read at a time.
  private static let pieceSize = 1 << 20
  /// Headers between two calls of `check`.
  private static let stride = 1024
  /// The most members that may be among the parts, each of which is remembered while the digest is made.
  private static let largestCount = 1 << 22

  /// Looks at all headers.
  /// - Parameters:
  ///   - parts: first components of the names of the members that count.
  ///   - check: called now and then; what it throws ends the work.
  /// - Returns: nil for a file that is no plain tar, in which nothing can be skipped.
  /// - Throws: ``FileError``: `.damaged` for a tar that is cut short or altered, `.unsafe` for more than four million members; what `check`
  ///   throws.
  public init?(_ parts: [String], of path: FilePath, check: () throws -> Void) throws {
    guard TarParts.isPlainTar(path) else { return nil }
    let parts = Set(parts)
    var (count, size) = (0, 0)
    try TarParts.forEachFile(of: path, check) { member, _ in
      guard parts.contains(member.part) else { return }
      count += 1
      guard count <= TarParts.largestCount else { throw TarParts.tooMany(path) }
      // The sizes of sparse members are what the header says, and may be anything.
      let (sum, isTooLarge) = size.addingReportingOverflow(member.size ?? 0)
      size = isTooLarge ? .max : sum
    }
    (self.path, self.parts, self.size) = (path, parts, size)
  }

  public struct Part: Sendable {
    public let name: String, size: Int, digest: Digest
  }

  /// Name, size and SHA-256 of each of the parts' files, sorted by the bytes of the names; of a name that comes twice, in the archive's order.
  /// - Parameter progress: is told at every whole MiB, and at the end of every part, how many bytes of the parts were read, and of how many;
  ///   what it throws ends the reading.
  public func files(_ progress: (_ done: Int, _ total: Int) throws -> Void) throws -> [Part] {
    var found: [Part] = []
    var done = 0
    var buffer = [UInt8](repeating: 0, count: TarParts.pieceSize)
    try TarParts.forEachFile(of: path, { try progress(done, size) }) { member, reader in
      guard parts.contains(member.part) else { return }
      var hash = SHA256()
      let start = done
      while true {
        // Up to the next whole MiB of all parts together: `progress` may count on those.
        let room = TarParts.pieceSize - done % TarParts.pieceSize
        let count = try buffer.withUnsafeMutableBytes { try reader.read(into: UnsafeMutableRawBufferPointer(rebasing: $0.prefix(room))) }
        if count == 0 { break }
        buffer.withUnsafeBytes { hash.update(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
        done += count
        try progress(done, size)
      }
      found.append(Part(name: member.name, size: done - start, digest: hash.finalize()))
    }
    return found.enumerated().sorted { one, other in
      if one.element.name.utf8.elementsEqual(other.element.name.utf8) { return one.offset < other.offset }
      return one.element.name.utf8.lexicographicallyPrecedes(other.element.name.utf8)
    }.map(\.element)
  }

  private static func isPlainTar(_ path: FilePath) -> Bool {
    guard let reader = try? ArchiveReader(path: path) else { return false }
    _ = try? reader.next()
    return reader.isPlainTar
  }

  /// Calls `body` with every file of the archive that may be taken.
  private static func forEachFile(
    of path: FilePath, _ check: () throws -> Void, _ body: (ArchiveMember, ArchiveReader) throws -> Void
  ) throws {
    let reader = try ArchiveReader(path: path)
    for number in 1... {
      if number % stride == 0 { try check() }
      let member: ArchiveMember?
      do throws(FileError) {
        member = try reader.next()
      } catch {
        guard error.kind == .unsafe || error.kind == .unsupported else { throw error }
        continue
      }
      guard let member else { return }
      if member.kind == .file { try body(member, reader) }
    }
  }

  private static func tooMany(_ path: FilePath) -> FileError {
    FileError(
      .unsafe, path, expected: "at most \(largestCount) members that are to be read", found: "more",
      advice: "check where the archive comes from")
  }
}

extension ArchiveMember {
  /// The first component of its name.
  /// By bytes, as the file system sees it.
  fileprivate var part: String { String(Substring(name.utf8.prefix { $0 != UInt8(ascii: "/") })) }
}
