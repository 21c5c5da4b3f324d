import CArchive
import SystemPackage

/// Reads any common archive (tar, cpio, zip, 7z; gzip, bzip2, xz, lzma, zstd, lz4, compress) as a stream, member by member,
/// and an archive inside an archive without unpacking it.
///
/// Hostile archives are refused, not repaired: names that leave their folder, links, devices. Two things no reader of streams can see:
/// a tar cut off exactly between two members looks whole, and gzip's checksum is not verified by libarchive; compare digests or counts.
/// Not for several threads at once.
public final class ArchiveReader {
  /// The (outermost) archive file.
  public let path: FilePath
  /// How many members `next()` has come to; lets a nested reader notice that the outer one went on.
  private(set) var memberNumber = 0
  private let archive: OpaquePointer
  private let locale: ArchiveLocale
  private let source: ArchiveSource?
  private let prefix: String
  private var current: ArchiveMember?
  private var failure: FileError?

  /// Opens an archive file.
  /// - Throws: `.missing`, `.permission`; `.damaged` for what is no archive, an empty file among others.
  public init(path: FilePath) throws(FileError) {
    _ = try InputFile(path)
    self.path = path
    source = nil
    prefix = ""
    locale = ArchiveLocale()
    archive = ArchiveReader.makeArchive()
    let code = locale.use { path.withPlatformString { archive_read_open_filename(archive, $0, 1 << 16) } }
    if code != ARCHIVE_OK { throw error(.damaged, expected: "an archive") }
  }

  /// Reads the outer reader's current member, which must be a file of which nothing has been read, as an archive.
  /// The outer reader must not go on while this one is in use. Formats that need to seek (7z) cannot be nested.
  /// - Parameter name: the member's name, for messages.
  public init(nestedIn outer: ArchiveReader, name: String) throws(FileError) {
    precondition(outer.current?.kind == .file, "ArchiveReader(nestedIn:): the outer reader stands at no file")
    let source = ArchiveSource(outer)
    self.source = source
    path = outer.path
    prefix = "\(outer.prefix)\(name) > "
    locale = ArchiveLocale()
    archive = ArchiveReader.makeArchive()
    let client = Unmanaged.passUnretained(source).toOpaque()
    let code = locale.use { archive_read_open(archive, client, nil, readPiece, nil) }
    if code != ARCHIVE_OK { throw error(.damaged, expected: "an archive") }
  }

  deinit { _ = locale.use { archive_read_free(archive) } }

  /// Goes on to the next member; `nil` at the end.
  /// - Throws: `.unsafe` for a name that is empty, absolute or leaves its folder, `.unsupported` for links, devices and encryption (after
  ///   either one may go on with the next member); `.damaged`, which is thrown again by every later call.
  public func next() throws(FileError) -> ArchiveMember? {
    if let failure { throw failure }
    current = nil
    memberNumber += 1
    var entry: OpaquePointer?
    let code = locale.use { archive_read_next_header(archive, &entry) }
    if code == ARCHIVE_EOF { return nil }
    guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry else { throw fail("a header of member \(memberNumber)") }
    let member = try locale.use { () throws(FileError) -> ArchiveMember in try self.member(from: entry) }
    current = member
    return member
  }

  /// Reads the next bytes of the current member's content, as many as fit; 0 at its end.
  /// - Throws: `.damaged`, also when the content does not match its checksum.
  public func read(into buffer: UnsafeMutableRawBufferPointer) throws(FileError) -> Int {
    if let failure { throw failure }
    precondition(current != nil, "ArchiveReader.read: there is no current member")
    let count = locale.use { archive_read_data(archive, buffer.baseAddress, buffer.count) }
    guard count >= 0 else { throw fail("its content") }
    return count
  }

  /// The rest of the current member's content.
  /// - Parameter limit: the most bytes to accept.
  /// - Throws: `.unsafe` for more than that; `.damaged`.
  public func readAll(limit: Int) throws(FileError) -> [UInt8] {
    precondition(limit >= 0 && limit < Int.max, "ArchiveReader.readAll: a limit of \(limit) bytes makes no sense")
    var bytes: [UInt8] = []
    // The header's size is only believed up to a point: it may be a lie.
    bytes.reserveCapacity(min(current?.size ?? 0, limit, 1 << 24))
    let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 16, alignment: 16)
    defer { piece.deallocate() }
    if let size = current?.size, size > limit { throw tooLarge(limit, found: "\(size)") }
    while true {
      let count = try read(into: piece)
      if count == 0 { return bytes }
      if count > limit - bytes.count { throw tooLarge(limit, found: "more") }
      bytes.append(contentsOf: piece.prefix(count))
    }
  }

  /// Passes over the rest of the current member; `next()` does so by itself.
  public func skip() throws(FileError) {
    if let failure { throw failure }
    guard current != nil else { return }
    if locale.use({ archive_read_data_skip(archive) }) != ARCHIVE_OK { throw fail("its content") }
  }

  private func member(from entry: OpaquePointer) throws(FileError) -> ArchiveMember {
    guard let pointer = archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry), let raw = String(validatingCString: pointer)
    else { throw refusal(.unsupported, "member \(memberNumber)", expected: "a name in UTF-8", found: "other bytes") }
    let place = "member '\(prefix)\(raw)'"
    guard let name = MemberName.safe(raw) else {
      throw refusal(.unsafe, place, expected: "a name that stays in its folder", found: "'\(raw)'")
    }
    guard archive_entry_hardlink(entry) == nil, archive_entry_symlink(entry) == nil, let kind = ArchiveReader.kind(of: entry) else {
      throw refusal(.unsupported, place, expected: "a file or a folder", found: "a link or a device")
    }
    guard archive_entry_is_encrypted(entry) == 0 else {
      throw refusal(.unsupported, place, expected: "readable content", found: "encryption")
    }
    let size = archive_entry_size_is_set(entry) != 0 ? Int(archive_entry_size(entry)) : nil
    guard size ?? 0 >= 0 else { throw refusal(.damaged, place, expected: "a size", found: "\(size ?? 0) bytes") }
    return ArchiveMember(name: name, kind: kind, size: size, dataOffset: dataOffset())
  }

  /// The file types are macros with a cast, which Swift does not see: `AE_IFREG` is 0o100000, `AE_IFDIR` 0o040000.
  private static func kind(of entry: OpaquePointer) -> ArchiveMember.Kind? {
    switch archive_entry_filetype(entry) {
    case 0o100000: .file
    case 0o040000: .folder
    default: nil
    }
  }

  private func dataOffset() -> Int? {
    guard archive_format(archive) == ARCHIVE_FORMAT_TAR_USTAR, archive_filter_count(archive) == 1, source == nil else { return nil }
    let position = archive_read_header_position(archive)
    return position >= 0 && position < Int64.max - 512 ? Int(position) + 512 : nil
  }

  private static func makeArchive() -> OpaquePointer {
    guard let archive = archive_read_new() else { preconditionFailure("ArchiveReader: no memory for libarchive") }
    // Not "all": mtree would open the files it names, and some filters would start other programs.
    archive_read_support_format_tar(archive)
    archive_read_support_format_cpio(archive)
    archive_read_support_format_zip(archive)
    archive_read_support_format_7zip(archive)
    archive_read_support_filter_gzip(archive)
    archive_read_support_filter_bzip2(archive)
    archive_read_support_filter_xz(archive)
    archive_read_support_filter_lzma(archive)
    archive_read_support_filter_zstd(archive)
    archive_read_support_filter_lz4(archive)
    archive_read_support_filter_compress(archive)
    return archive
  }

  /// libarchive's last complaint as an error that every later call repeats.
  private func fail(_ expected: String) -> FileError {
    let failure = error(.damaged, expected: expected)
    self.failure = failure
    return failure
  }

  private func error(_ kind: FileError.Kind, expected: String) -> FileError {
    if let error = source?.error { return error }
    let place = current.map { "member '\(prefix)\($0.name)'" } ?? (prefix.isEmpty ? nil : "member '\(prefix.dropLast(3))'")
    let words = archive_error_string(archive).map { String(cString: $0) } ?? "nothing usable"
    return FileError(kind, path, at: place, expected: expected, found: "\"\(words)\"", advice: "fetch or make the archive again")
  }

  private func refusal(_ kind: FileError.Kind, _ place: String, expected: String, found: String) -> FileError {
    FileError(kind, path, at: place, expected: expected, found: found, advice: "do not trust this archive")
  }

  private func tooLarge(_ limit: Int, found: String) -> FileError {
    let place = current.map { "member '\(prefix)\($0.name)'" }
    return FileError(.unsafe, path, at: place, expected: "at most \(limit) bytes", found: found, advice: "do not trust this archive")
  }
}

/// libarchive's callback for a nested archive; a function, because a closure could not be passed to C from an initialiser of a class.
private func readPiece(
  _ archive: OpaquePointer?, _ client: UnsafeMutableRawPointer?, _ piece: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> la_ssize_t {
  guard let client, let piece else { return -1 }
  guard let bytes = Unmanaged<ArchiveSource>.fromOpaque(client).takeUnretainedValue().nextPiece() else { return -1 }
  piece.pointee = bytes.baseAddress
  return la_ssize_t(bytes.count)
}
