import IO

/// One operation of a disk, by the name of the protocol's function.
public enum DiskOperation: String, Sendable {
  case create, write, sync, close, rename, syncDirectory, remove, makeDirectory, list, status, read

  /// Whether it changes anything, or makes a change lasting.
  public var isChange: Bool {
    switch self {
    case .create, .write, .sync, .rename, .syncDirectory, .remove, .makeDirectory: true
    case .close, .list, .status, .read: false
    }
  }
}

/// A disk on top of another, to which it passes on everything; a conforming type says what is different.
public protocol DiskLayer: Disk {
  var beneath: any Disk { get }
  /// Comes before every operation (behind the closing of a file, which frees its descriptor whatever happens); what it throws is the
  /// operation's failure.
  func enter(_ operation: DiskOperation, _ path: FilePath) throws(FileError)
}

extension DiskLayer {
  public func enter(_ operation: DiskOperation, _ path: FilePath) throws(FileError) {}

  public func create(_ path: FilePath) throws(FileError) -> OutputFile {
    try enter(.create, path)
    return try beneath.create(path)
  }
  public func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int {
    try enter(.write, file.path)
    return try beneath.write(bytes, to: file)
  }
  public func sync(_ file: OutputFile) throws(FileError) {
    try enter(.sync, file.path)
    try beneath.sync(file)
  }
  public func close(_ file: OutputFile) throws(FileError) {
    try beneath.close(file)
    try enter(.close, file.path)
  }
  public func rename(_ source: FilePath, to target: FilePath) throws(FileError) {
    try enter(.rename, target)
    try beneath.rename(source, to: target)
  }
  public func syncDirectory(_ path: FilePath) throws(FileError) {
    try enter(.syncDirectory, path)
    try beneath.syncDirectory(path)
  }
  public func remove(_ path: FilePath) throws(FileError) {
    try enter(.remove, path)
    try beneath.remove(path)
  }
  public func makeDirectory(_ path: FilePath) throws(FileError) {
    try enter(.makeDirectory, path)
    try beneath.makeDirectory(path)
  }
  public func list(_ path: FilePath) throws(FileError) -> [String] {
    try enter(.list, path)
    return try beneath.list(path)
  }
  public func status(_ path: FilePath) throws(FileError) -> FileStatus? {
    try enter(.status, path)
    return try beneath.status(path)
  }
  public func read(_ path: FilePath) throws(FileError) -> [UInt8] {
    try enter(.read, path)
    return try beneath.read(path)
  }
}
