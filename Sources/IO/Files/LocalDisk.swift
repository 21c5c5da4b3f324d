import Glibc
import SystemPackage

/// The machine's own disk.
public struct LocalDisk: Disk {
  public init() {}

  public func create(_ path: FilePath) throws(FileError) -> OutputFile {
    do {
      let descriptor = try FileDescriptor.open(
        path, .writeOnly, options: [.create, .exclusiveCreate, .closeOnExec],
        permissions: [.ownerReadWrite, .groupReadWrite, .otherReadWrite])
      return OutputFile(path: path, descriptor: descriptor)
    } catch {
      throw FileError(caught: error, path, while: "creating it")
    }
  }

  public func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int {
    do {
      return try file.descriptor.write(bytes)
    } catch {
      throw FileError(caught: error, file.path, while: "writing")
    }
  }

  public func sync(_ file: OutputFile) throws(FileError) {
    try check(file.path, "flushing it to the disk") { fsync(file.descriptor.rawValue) }
  }

  public func close(_ file: OutputFile) throws(FileError) {
    do {
      try file.descriptor.close()
    } catch {
      throw FileError(caught: error, file.path, while: "closing")
    }
  }

  public func rename(_ source: FilePath, to target: FilePath) throws(FileError) {
    try check(target, "renaming '\(source)' to it") {
      source.withPlatformString { from in target.withPlatformString { to in Glibc.rename(from, to) } }
    }
  }

  public func syncDirectory(_ path: FilePath) throws(FileError) {
    let directory = path.isEmpty ? "." : path
    let descriptor: FileDescriptor
    do {
      descriptor = try FileDescriptor.open(directory, .readOnly, options: [.directory, .closeOnExec])
    } catch {
      throw FileError(caught: error, directory, while: "opening the folder")
    }
    defer { try? descriptor.close() }
    try check(directory, "flushing the folder to the disk") {
      // Some network file systems have no such thing for folders; there is nothing better to do then.
      fsync(descriptor.rawValue) == 0 || errno == EINVAL || errno == ENOTSUP ? 0 : -1
    }
  }

  public func remove(_ path: FilePath) throws(FileError) { try check(path, "removing") { path.withPlatformString { Glibc.remove($0) } } }

  public func makeDirectory(_ path: FilePath) throws(FileError) {
    if path.withPlatformString({ mkdir($0, 0o777) }) == 0 { return }
    let error = Errno(rawValue: errno)
    if error == .fileExists, try status(path)?.kind == .folder { return }
    throw FileError(error, path, while: "making the folder")
  }

  public func list(_ path: FilePath) throws(FileError) -> [String] {
    let directory = path.isEmpty ? "." : path
    guard let stream = directory.withPlatformString({ opendir($0) }) else {
      throw FileError(Errno(rawValue: errno), directory, while: "listing the folder")
    }
    defer { closedir(stream) }
    var names: [String] = []
    while true {
      errno = 0
      guard let entry = readdir(stream) else { break }
      guard let name = LocalDisk.name(of: entry) else {
        throw FileError(.unsupported, directory, expected: "names in UTF-8", found: "a name of other bytes", advice: "rename that file")
      }
      if name != "." && name != ".." { names.append(name) }
    }
    if errno != 0 { throw FileError(Errno(rawValue: errno), directory, while: "listing the folder") }
    return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
  }

  public func status(_ path: FilePath) throws(FileError) -> FileStatus? {
    var status = stat()
    if path.withPlatformString({ stat($0, &status) }) != 0 {
      let error = Errno(rawValue: errno)
      if error == .noSuchFileOrDirectory || error == .notDirectory { return nil }
      throw FileError(error, path, while: "asking for its status")
    }
    let kind: FileStatus.Kind
    switch status.st_mode & S_IFMT {
    case S_IFREG: kind = .file
    case S_IFDIR: kind = .folder
    default: kind = .other
    }
    return FileStatus(
      kind: kind, size: Int(status.st_size), inode: UInt64(status.st_ino), modified: LocalDisk.nanoseconds(status.st_mtim),
      changed: LocalDisk.nanoseconds(status.st_ctim))
  }

  /// Wrapping: a file may claim to be from the year 3000, and the number is only compared.
  private static func nanoseconds(_ time: timespec) -> Int64 { Int64(time.tv_sec) &* 1_000_000_000 &+ Int64(time.tv_nsec) }

  public func read(_ path: FilePath) throws(FileError) -> [UInt8] {
    let file = try InputFile(path)
    return try file.bytes(at: 0, count: file.size)
  }

  /// Runs a system call that answers 0 or sets `errno`, again when a signal interrupted it.
  private func check(_ path: FilePath, _ action: String, _ call: () -> Int32) throws(FileError) {
    while call() != 0 {
      let error = Errno(rawValue: errno)
      if error != .interrupted { throw FileError(error, path, while: action) }
    }
  }

  /// The entry's name; `nil` when it is not UTF-8.
  private static func name(of entry: UnsafeMutablePointer<dirent>) -> String? {
    guard let offset = MemoryLayout<dirent>.offset(of: \.d_name) else { return nil }
    // Read in place: a copy of `dirent` as a whole might reach beyond the kernel's shorter record.
    let start = UnsafeRawPointer(entry) + offset
    return String(validatingCString: start.assumingMemoryBound(to: CChar.self))
  }
}
