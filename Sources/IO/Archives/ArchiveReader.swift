import SystemPackage

/// Reads any common archive (tar, cpio, zip, 7z; gzip, bzip2, xz, lzma, zstd, lz4, compress) as a stream, member by member,
/// and an archive inside an archive without unpacking it.
///
/// Hostile archives are refused, not repaired: names that leave their folder, links, devices, a tar without an end. gzip's checksum is not verified
/// by libarchive; ``GzipChecksum`` does that.
/// Not for several threads at once.
public final class ArchiveReader {
  /// The (outermost) archive file.
  public let path: FilePath
  /// How many members `next()` has come to; lets a nested reader notice that the outer one went on.
  private(set) var memberNumber = 0
  private let handle: ArchiveHandle
  /// What stands before a member's name in messages: the names of the archives it is nested in.
  private let prefix: String
  private var current: ArchiveMember?
  private var ended = false
  private var failure: FileError?

  /// Opens an archive file.
  /// - Throws: `.missing`, `.permission`; `.damaged` for what is no archive, an empty file among others.
  public init(path: FilePath) throws(FileError) {
    _ = try InputFile(path)  // For an error that tells a missing file from a damaged one.
    self.path = path
    prefix = ""
    handle = ArchiveHandle()
    guard handle.open(path) else { throw damage(expected: "an archive") }
  }

  /// Reads a stretch of a file as an archive. Members that nobody reads are skipped without reading them.
  /// - Parameter name: what the stretch is called in messages: a member of the file.
  public init(section: FileSection, name: String) throws(FileError) {
    path = section.path
    prefix = "\(name) > "
    handle = ArchiveHandle(source: SectionSource(section))
    guard handle.openSource() else { throw damage(expected: "an archive") }
  }

  /// Reads the outer reader's current member, which must be a file of which nothing has been read, as an archive.
  /// The outer reader must not go on while this one is in use. Formats that need to seek (7z) cannot be nested.
  /// - Parameter name: the member's name, for messages.
  public init(nestedIn outer: ArchiveReader, name: String) throws(FileError) {
    precondition(outer.current?.kind == .file, "ArchiveReader(nestedIn:): the outer reader stands at no file")
    path = outer.path
    prefix = "\(outer.prefix)\(name) > "
    handle = ArchiveHandle(source: MemberSource(outer))
    guard handle.openSource() else { throw damage(expected: "an archive") }
  }

  /// Goes on to the next member; `nil` at the end, however often.
  /// - Throws: `.unsafe` for a name that is empty, absolute, leaves its folder or holds control characters, `.unsupported` for links, devices,
  ///   encryption and names outside UTF-8 (after either one may go on with the next member); `.damaged`, which every later call throws again.
  public func next() throws(FileError) -> ArchiveMember? {
    if let failure { throw failure }
    current = nil
    if ended { return nil }
    memberNumber += 1
    switch handle.nextHeader() {
    case .end:
      guard handle.hasEnd else {
        failure = FileError(
          .damaged, path, at: place, expected: "a whole tar, which ends with zeros", found: "its end behind member \(memberNumber - 1)",
          advice: "it was cut short: fetch or make it again")
        throw failure ?? FileError(.damaged, path)
      }
      ended = true
    case .damaged: throw fail(expected: "the header of member \(memberNumber)")
    case .entry(let entry): current = try ArchiveMember(entry, of: handle, number: memberNumber, prefix: prefix, path: path)
    }
    return current
  }

  /// Whether it is a tar that nothing compresses, in which members are skipped without being read; known from the first member on.
  public var isPlainTar: Bool { handle.isPlainTar }

  /// Reads the next bytes of the current member's content, as many as fit; 0 at its end.
  /// - Throws: `.damaged`, also when the content does not match its checksum.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    if let failure { throw failure }
    precondition(current != nil, "ArchiveReader.read: there is no current member")
    let count = handle.read(into: buffer)
    guard count >= 0 else { throw fail(expected: "its whole content") }
    return count
  }

  /// The rest of the current member's content.
  /// - Parameter limit: the most bytes to accept.
  /// - Throws: `.unsafe` for more than that; `.damaged`.
  public func readAll(limit: Int) throws(FileError) -> [UInt8] {
    precondition(limit >= 0, "ArchiveReader.readAll: a limit of \(limit) bytes makes no sense")
    let size = current?.size ?? 0
    if size > limit { throw tooLarge(limit, found: "\(size)") }
    var bytes: [UInt8] = []
    // The header's size is only believed up to a point: it may be a lie.
    bytes.reserveCapacity(min(size, 1 << 24))
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { piece.deallocate() }
    while true {
      let count = try read(into: piece)
      if count == 0 { return bytes }
      if count > limit - bytes.count { throw tooLarge(limit, found: "more") }
      bytes.append(contentsOf: UnsafeRawBufferPointer(rebasing: piece.prefix(count)))
    }
  }

  /// Passes over the rest of the current member; `next()` does so by itself.
  /// - Throws: `.damaged`.
  public func skip() throws(FileError) {
    if let failure { throw failure }
    if current != nil && !handle.skip() { throw fail(expected: "its whole content") }
  }

  /// libarchive's last complaint as an error that every later call repeats.
  private func fail(expected: String) -> FileError {
    let failure = damage(expected: expected)
    self.failure = failure
    return failure
  }

  private func damage(expected: String) -> FileError {
    // The outer archive's own error tells more than what libarchive makes of it.
    if let error = handle.source?.error { return error }
    let (kind, advice): (FileError.Kind, String) =
      switch handle.culprit {
      case .disk: (.io, "the disk itself may be failing: look at the system's log")
      case .memory: (.io, "the machine, or a limit on this process, has too little memory: free some, or raise the limit")
      case .archive: (.damaged, "fetch or make the archive again")
      }
    return FileError(kind, path, at: place, expected: expected, found: "\"\(handle.complaint)\"", advice: advice)
  }

  private func tooLarge(_ limit: Int, found: String) -> FileError {
    FileError(.unsafe, path, at: place, expected: "at most \(limit) bytes", found: found, advice: "check where the archive comes from")
  }

  private var place: String? {
    if let current { return "member '\(prefix)\(current.name)'" }
    return prefix.isEmpty ? nil : "member '\(prefix.dropLast(3))'"
  }
}
