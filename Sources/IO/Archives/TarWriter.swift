import CArchive
import SystemPackage

/// Writes a tar whose bytes depend on nothing but the names and contents in their order: ustar, times and owners 0, mode 0444.
///
/// It is streamed to a temporary name and published atomically by `finish()`. After an error the temporary file is gone and
/// every later call throws the same error. Not for several threads at once.
public final class TarWriter {
  public let path: FilePath
  private let sink: TarSink
  private var archive: OpaquePointer?
  private var names: Set<String> = []
  private var failure: FileError?

  public init(publishingAt path: FilePath, on disk: any Disk) throws(FileError) {
    self.path = path
    sink = TarSink(try PendingFile(publishingAt: path, on: disk))
    guard let archive = archive_write_new() else { preconditionFailure("TarWriter.init: no memory for libarchive") }
    self.archive = archive
    archive_write_set_format_ustar(archive)
    archive_write_set_bytes_in_last_block(archive, 1)
    let client = Unmanaged.passUnretained(sink).toOpaque()
    guard archive_write_open(archive, client, nil, writePiece, nil) == ARCHIVE_OK else { throw complaint(nil) }
  }

  deinit { cancel() }

  /// Adds a file.
  /// - Parameter name: relative, ASCII, at most 100 bytes (or 255 where a "/" divides it suitably), not used before.
  public func add(_ name: String, _ bytes: [UInt8]) throws(FileError) {
    try addHeader(name, size: bytes.count)
    try bytes.withRawBytes { bytes throws(FileError) in try addContent(name, bytes) }
  }

  /// Adds a file with the content of another, in pieces.
  /// - Parameter progress: is told after every MiB at most how many bytes came since it was told last; what it throws cancels the tar.
  /// - Throws: what opening and reading `source` throws; `.damaged` when it changes its size meanwhile; what `progress` throws.
  public func add(_ name: String, contentsOf source: FilePath, progress: (Int) throws -> Void = { _ in }) throws {
    do {
      let file = try InputFile(source)
      try addHeader(name, size: file.size)
      var rest = file.size
      var buffer = [UInt8](repeating: 0, count: max(1, min(file.size, 1 << 20)))
      while true {
        let count = try file.read(into: &buffer)
        guard count <= rest, count > 0 || rest == 0 else { throw TarWriter.changed(source, file.size) }
        if count == 0 { return }
        try buffer.withRawBytes { bytes throws(FileError) in try addContent(name, UnsafeRawBufferPointer(rebasing: bytes.prefix(count))) }
        rest -= count
        try progress(count)
      }
    } catch let error as FileError {
      throw fail(error)
    } catch {
      cancel()
      throw error
    }
  }

  /// Ends the tar and makes it appear.
  /// - Returns: digest and size in bytes of the whole tar.
  public func finish() throws(FileError) -> (digest: Digest, size: Int) {
    if let failure { throw failure }
    precondition(archive != nil, "TarWriter.finish: '\(path)' was finished or cancelled before")
    guard archive_write_close(archive) == ARCHIVE_OK else { throw complaint(nil) }
    archive_write_free(archive)
    archive = nil
    do throws(FileError) {
      return try sink.file.commit()
    } catch {
      throw fail(error)
    }
  }

  /// Throws away what was written; does nothing after `finish()`.
  public func cancel() {
    guard archive != nil else { return }
    // Without this, freeing would still write what is left in the buffer.
    archive_write_fail(archive)
    archive_write_free(archive)
    archive = nil
    sink.file.cancel()
  }

  private func addHeader(_ name: String, size: Int) throws(FileError) {
    if let failure { throw failure }
    precondition(archive != nil, "TarWriter.add: '\(path)' was finished or cancelled before")
    try check(name)
    let entry = archive_entry_new()
    defer { archive_entry_free(entry) }
    archive_entry_set_pathname(entry, name)
    archive_entry_set_size(entry, Int64(size))
    archive_entry_set_filetype(entry, 0o100000)
    archive_entry_set_perm(entry, 0o444)
    archive_entry_set_mtime(entry, 0, 0)
    guard archive_write_header(archive, entry) == ARCHIVE_OK else { throw complaint(name) }
  }

  private func addContent(_ name: String, _ bytes: UnsafeRawBufferPointer) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let piece = UnsafeRawBufferPointer(rebasing: rest)
      let count = archive_write_data(archive, piece.baseAddress, piece.count)
      guard count > 0 else { throw complaint(name) }
      rest = rest.dropFirst(count)
    }
  }

  private func check(_ name: String) throws(FileError) {
    guard MemberName.isPlain(name), names.insert(name).inserted else {
      throw fail(
        FileError(
          .unsupported, path, at: "member \(names.count)", expected: "a new, plain, relative name in ASCII",
          found: String(reflecting: name), advice: "rename it"))
    }
  }

  /// What libarchive or the disk beneath it complains about.
  private func complaint(_ name: String?) -> FileError {
    let words = archive_error_string(archive).map { String(cString: $0) } ?? "no reason given"
    let place = name.map { "member '\($0)'" }
    return fail(
      sink.error ?? FileError(.unsupported, path, at: place, found: "\"\(words)\"", advice: "choose a shorter name or less content"))
  }

  private func fail(_ error: FileError) -> FileError {
    if failure == nil { failure = error }
    cancel()
    return error
  }

  private static func changed(_ source: FilePath, _ size: Int) -> FileError {
    FileError(
      .damaged, source, expected: "\(size) bytes, as when it was opened", found: "another size while reading",
      advice: "let nothing write to the file and run again")
  }
}

/// Where libarchive's bytes go.
private final class TarSink {
  let file: PendingFile
  var error: FileError?

  init(_ file: PendingFile) { self.file = file }
}

private func writePiece(
  _ archive: OpaquePointer?, _ client: UnsafeMutableRawPointer?, _ bytes: UnsafeRawPointer?, _ count: Int
) -> la_ssize_t {
  guard let client, let bytes else { return -1 }
  let sink = Unmanaged<TarSink>.fromOpaque(client).takeUnretainedValue()
  guard sink.error == nil else { return -1 }
  do throws(FileError) {
    try sink.file.write(UnsafeRawBufferPointer(start: bytes, count: count))
    return la_ssize_t(count)
  } catch {
    sink.error = error
    return -1
  }
}
