import CArchive
import Glibc
import SystemPackage

/// libarchive's reader with everything it needs to live: its locale and, for a nested archive, the source of its bytes.
final class ArchiveHandle {
  /// Where the bytes come from; nil for a file that libarchive opens itself.
  let source: (any ArchiveSource)?
  private let archive: OpaquePointer
  private let locale = ArchiveLocale()
  /// Whether it stands at an entry, whose content may be skipped.
  private var hasEntry = false

  init(source: (any ArchiveSource)? = nil) {
    guard let archive = archive_read_new() else { preconditionFailure("ArchiveHandle: no memory for libarchive") }
    (self.archive, self.source) = (archive, source)
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
  }

  deinit { _ = locale.use { archive_read_free(archive) } }

  /// Opens by name, which lets libarchive seek; zip and 7z want that. Both ways to open answer whether it is an archive.
  func open(_ path: FilePath) -> Bool {
    locale.use { path.withPlatformString { archive_read_open_filename(archive, $0, 1 << 16) } } == ARCHIVE_OK
  }

  /// Reads from `source`.
  func openSource() -> Bool {
    guard let source else { preconditionFailure("ArchiveHandle.openSource: there is none") }
    let client = Unmanaged.passUnretained(source as AnyObject).toOpaque()
    return locale.use { archive_read_open2(archive, client, nil, readPiece, skipContent, nil) } == ARCHIVE_OK
  }

  enum Header {
    case end
    case damaged
    case entry(OpaquePointer)
  }

  /// The entry stays valid until the next call.
  func nextHeader() -> Header {
    var entry: OpaquePointer?
    // Behind the content, so that what the next header takes can be told.
    _ = skip()
    let before = archive_filter_bytes(archive, 0)
    let code = locale.use { archive_read_next_header(archive, &entry) }
    if code == ARCHIVE_EOF {
      hasEnd = !isTar || archive_filter_bytes(archive, 0) > before
      return .end
    }
    // A warning says that a name could not be converted, which the caller sees for himself.
    guard code == ARCHIVE_OK || code == ARCHIVE_WARN, let entry else { return .damaged }
    hasEntry = true
    return .entry(entry)
  }

  /// The entry's name if it is UTF-8.
  func name(of entry: OpaquePointer) -> String? {
    locale.use { archive_entry_pathname_utf8(entry) ?? archive_entry_pathname(entry) }.flatMap { String(validatingCString: $0) }
  }

  /// How many bytes were read; 0 at the end; negative for damage.
  func read(into buffer: UnsafeMutableRawBufferPointer) -> Int {
    locale.use { archive_read_data(archive, buffer.baseAddress, buffer.count) }
  }

  /// Whether the rest of the content could be skipped.
  func skip() -> Bool {
    guard hasEntry else { return true }
    hasEntry = false
    return locale.use { archive_read_data_skip(archive) } == ARCHIVE_OK
  }

  /// Where the content of the entry just read begins, in bytes of the file or section; `nil` but for a plain uncompressed tar, and for a
  /// member with holes, whose content is in pieces.
  func dataOffset(of entry: OpaquePointer) -> Int? {
    guard isPlainTar, !(source is MemberSource), archive_entry_sparse_count(entry) == 0 else { return nil }
    // What was taken from the file so far: all headers of the entry, and nothing behind them.
    let position = archive_filter_bytes(archive, -1)
    return position > 0 && position < Int64.max ? Int(position) : nil
  }

  /// Whether it is a tar that no filter compressed; known from the first header on.
  var isPlainTar: Bool {
    isTar && archive_filter_code(archive, 0) == ARCHIVE_FILTER_NONE
  }

  /// Whether a tar's end is marked, by the block of zeros behind its last member; yes for other formats. To be asked at the end.
  private(set) var hasEnd = true

  private var isTar: Bool { archive_format(archive) & ARCHIVE_FORMAT_BASE_MASK == ARCHIVE_FORMAT_TAR }

  /// Whose fault the last failure was.
  var culprit: Culprit {
    switch archive_errno(archive) {
    case EIO: .disk
    case ENOMEM: .memory
    default: .archive
    }
  }

  enum Culprit { case disk, memory, archive }

  /// libarchive's last complaint.
  var complaint: String { archive_error_string(archive).map { String(cString: $0) } ?? "nothing usable" }
}

/// libarchive's callback for the next bytes of a source.
private func readPiece(
  _ archive: OpaquePointer?, _ client: UnsafeMutableRawPointer?, _ piece: UnsafeMutablePointer<UnsafeRawPointer?>?
) -> la_ssize_t {
  guard let source = source(client), let piece, let bytes = source.nextPiece() else { return -1 }
  piece.pointee = bytes.baseAddress
  return la_ssize_t(bytes.count)
}

/// libarchive's callback for bytes of a source that it does not need.
private func skipContent(_ archive: OpaquePointer?, _ client: UnsafeMutableRawPointer?, _ count: la_int64_t) -> la_int64_t {
  guard let source = source(client) else { return 0 }
  return la_int64_t(source.skip(Int(count)))
}

private func source(_ client: UnsafeMutableRawPointer?) -> (any ArchiveSource)? {
  client.flatMap { Unmanaged<AnyObject>.fromOpaque($0).takeUnretainedValue() as? any ArchiveSource }
}

/// The locale in which libarchive can convert names outside ASCII: in the "C" locale it crashes on them.
///
/// It is set for the calling thread and the time of a call only, because the process's own locale belongs to nobody here.
final class ArchiveLocale {
  private let locale: locale_t?

  init() { locale = newlocale(Int32(1) << LC_CTYPE, "C.UTF-8", nil) }

  deinit { if let locale { freelocale(locale) } }

  func use<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    guard let locale else { return try body() }
    let before = uselocale(locale)
    defer { uselocale(before) }
    return try body()
  }
}
