import Glibc
import SystemPackage

/// A file being written under a temporary name; it appears under its own name whole and durable, or not at all.
///
/// Temporary name in the same folder -> write -> fsync -> close, checked -> rename -> fsync of the folder.
public final class PendingFile {
  /// The name under which the file is going to appear. A symbolic link there is replaced, not followed.
  public let path: FilePath
  /// Bytes written so far.
  public private(set) var size = 0
  private let disk: any Disk
  private let temporary: FilePath
  private var file: OutputFile?
  private var hash: SHA256? = SHA256()
  private var failure: FileError?

  public init(publishingAt path: FilePath, on disk: any Disk) throws(FileError) {
    guard let name = path.lastComponent, name.kind == .regular else {
      throw FileError(.unsupported, path, expected: "the name of a file", advice: "name the file to write")
    }
    // A rename would put a plain file in the place of a device or a pipe.
    if let there = try disk.status(path), there.kind == .other {
      throw FileError(.unsupported, path, expected: "the name of a file", found: "a device or a pipe", advice: "name a file to write")
    }
    let random = String(UInt32.random(in: 0 ... .max), radix: 16)
    (self.path, self.disk) = (path, disk)
    temporary = path.removingLastComponent().appending("\(PendingFile.prefix(for: name.string))\(getpid())-\(random)")
    file = try disk.create(temporary)
  }

  deinit { cancel() }

  /// What the temporary names for a file begin with; the process's number, "-" and a random hexadecimal number follow.
  private static func prefix(for name: String) -> String { ".\(name)\(mark)" }
  private static let mark = ".tmp-"

  /// The name of the file that a temporary file was going to be; nil for any other file. The last mark counts: "a.tmp-b" is a name too.
  public static func name(behind temporary: String) -> String? {
    guard temporary.hasPrefix("."), let mark = temporary.ranges(of: mark).last, mark.lowerBound > temporary.index(after: temporary.startIndex)
    else { return nil }
    let numbers = temporary[mark.upperBound...].split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 2, UInt32(numbers[0]) != nil, UInt32(numbers[1], radix: 16) != nil else { return nil }
    return String(temporary[..<mark.lowerBound].dropFirst())
  }

  /// Writes all the bytes. After an error the temporary file is gone and every later call throws the same error.
  public func write(_ bytes: UnsafeRawBufferPointer) throws(FileError) {
    let file = try openFile("write")
    do throws(FileError) {
      try disk.writeAll(bytes, to: file)
    } catch {
      throw fail(error)
    }
    size += bytes.count
    hash?.update(bytes)
  }

  /// Writes all the bytes. After an error the temporary file is gone and every later call throws the same error.
  public func write(_ bytes: [UInt8]) throws(FileError) { try bytes.withRawBytes { bytes throws(FileError) in try write(bytes) } }

  /// Makes the file appear, durably, in place of an older one.
  ///
  /// When this throws, the older file is still there (or, if only the last flush of the folder failed, the new one, whole).
  /// - Returns: digest and size of the whole file.
  public func commit() throws(FileError) -> (digest: Digest, size: Int) {
    let file = try openFile("commit")
    do throws(FileError) {
      try disk.sync(file)
      self.file = nil
      try disk.close(file)
      try disk.rename(temporary, to: path)
    } catch {
      throw fail(error)
    }
    try disk.syncDirectory(path.removingLastComponent())
    guard let hash = hash.take() else { preconditionFailure("PendingFile.commit: called twice for '\(path)'") }
    return (hash.finalize(), size)
  }

  /// Throws the file away; does nothing after `commit()` or a second time.
  public func cancel() {
    if file != nil { discard() }
  }

  private func fail(_ error: FileError) -> FileError {
    failure = error
    discard()
    return error
  }

  /// Best effort: the error that led here matters more than a second one.
  private func discard() {
    if let file { try? disk.close(file) }
    file = nil
    try? disk.remove(temporary)
  }

  /// - Throws: the first error again, so that a caller who skipped it cannot publish a part.
  private func openFile(_ operation: String) throws(FileError) -> OutputFile {
    if let failure { throw failure }
    guard let file else { preconditionFailure("PendingFile.\(operation): '\(path)' was committed or cancelled before") }
    return file
  }
}
