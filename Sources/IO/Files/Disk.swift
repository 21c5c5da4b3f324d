import Glibc
import SystemPackage

/// What the system says about a file: the key under which a digest of its content may be remembered.
public struct FileStatus: Hashable, Sendable, Codable {
  public enum Kind: String, Sendable, Codable { case file, folder, other }
  /// Symbolic links are followed.
  public var kind: Kind
  /// In bytes.
  public var size: Int
  public var inode: UInt64
  /// Time of the last change of the content, in nanoseconds since 1970.
  public var modified: Int64
  /// Time of the last change of content, name or rights, in nanoseconds since 1970. No program can set it, so it gives away a file
  /// whose content was changed and `modified` put back. nil where it was not noted.
  public var changed: Int64?

  public init(kind: Kind, size: Int, inode: UInt64, modified: Int64, changed: Int64? = nil) {
    (self.kind, self.size, self.inode, self.modified, self.changed) = (kind, size, inode, modified, changed)
  }
}

/// A file open for writing.
public struct OutputFile: Sendable {
  public let path: FilePath
  /// Meaningful to the disk that opened the file, and to no one else.
  public let descriptor: FileDescriptor

  public init(path: FilePath, descriptor: FileDescriptor) { (self.path, self.descriptor) = (path, descriptor) }
}

/// Every effect on the disk, so that a test can crash the machine at each step (failure, short write, full disk, power loss).
///
/// Each requirement is one operation of the system; nothing here is atomic or durable by itself. `AtomicFile` is.
/// Readers of formats (`ArchiveReader`, `TarIndex`, `SafetensorsFile`), which change nothing, open files of the machine's own disk themselves.
public protocol Disk: Sendable {
  /// Creates a file that must not exist yet, open for writing, with mode `0666 & ~umask`.
  func create(_ path: FilePath) throws(FileError) -> OutputFile
  /// Writes some of the bytes, at least one, and says how many.
  func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int
  /// Returns when the file's content is on the disk itself.
  func sync(_ file: OutputFile) throws(FileError)
  /// Closes the file; it is closed even when this throws.
  func close(_ file: OutputFile) throws(FileError)
  /// Gives a file or folder another name on the same file system, replacing a file there.
  func rename(_ source: FilePath, to target: FilePath) throws(FileError)
  /// Returns when the folder's names are on the disk itself.
  func syncDirectory(_ path: FilePath) throws(FileError)
  /// Removes a file, a symbolic link or an empty folder.
  func remove(_ path: FilePath) throws(FileError)
  /// Makes one folder; one that exists already is no error. Its parent must exist.
  func makeDirectory(_ path: FilePath) throws(FileError)
  /// The names in a folder, sorted by their bytes, without "." and "..".
  func list(_ path: FilePath) throws(FileError) -> [String]
  /// `nil` when there is nothing of that name.
  func status(_ path: FilePath) throws(FileError) -> FileStatus?
  /// The whole content of a regular file.
  func read(_ path: FilePath) throws(FileError) -> [UInt8]
}

extension Disk {
  /// Whether anything of that name exists (a symbolic link counts when it leads somewhere).
  public func exists(_ path: FilePath) throws(FileError) -> Bool { try status(path) != nil }

  /// Writes all the bytes.
  func writeAll(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) {
    var rest = bytes[...]
    while !rest.isEmpty {
      let count = try write(UnsafeRawBufferPointer(rebasing: rest), to: file)
      guard (1...rest.count).contains(count) else {
        throw FileError(.io, file.path, expected: "\(rest.count) bytes written", found: "\(count)")
      }
      rest = rest.dropFirst(count)
    }
  }

  /// Writes all the bytes.
  public func writeAll(_ bytes: [UInt8], to file: OutputFile) throws(FileError) {
    try bytes.withRawBytes { bytes throws(FileError) in try writeAll(bytes, to: file) }
  }

  /// Makes a folder and the missing ones above it, durably: a file that is flushed into a folder is lost with the folder.
  public func makeDirectories(_ path: FilePath) throws(FileError) {
    if path.isEmpty { return }
    if try isFolder(path) { return }
    let parent = path.removingLastComponent()
    if try isFolder(parent) {
      // The process that made it may have been killed before its name was flushed. A folder above that may not be opened is no reason to fail.
      try? syncDirectory(parent.removingLastComponent())
    } else {
      try makeDirectories(parent)
    }
    try makeDirectory(path)
    try syncDirectory(parent)
  }

  private func isFolder(_ path: FilePath) throws(FileError) -> Bool { try status(path)?.kind == .folder }

  /// Removes a file, or a folder with everything in it; nothing of that name is no error. Symbolic links are removed, never followed.
  public func removeTree(_ path: FilePath) throws(FileError) {
    do throws(FileError) {
      // Tried first because it takes a symbolic link for what it is; only a folder with something in it remains.
      return try remove(path)
    } catch {
      guard let status = try status(path) else { return }
      guard status.kind == .folder else { throw error }
    }
    for name in try list(path) { try removeTree(path.appending(name)) }
    try remove(path)
  }
}

/// Links are told from what they lead to, on the machine's own disk.
public enum SymbolicLink {
  /// Whether the last part of the path is a symbolic link, wherever it leads.
  public static func isAt(_ path: FilePath) -> Bool {
    var status = stat()
    return path.withPlatformString { lstat($0, &status) } == 0 && status.st_mode & S_IFMT == S_IFLNK
  }
}
