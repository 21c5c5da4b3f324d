import IO

/// A disk that works for a number of changes and then refuses every further one, as after a crash or when it is full.
final class DyingDisk: Disk {
  private let disk = HastyDisk()
  private let left: Countdown
  private let kind: FileError.Kind

  init(after changes: Int, with kind: FileError.Kind) {
    left = Countdown(changes)
    self.kind = kind
  }

  var hasDied: Bool { left.isOver }

  private func change(_ path: FilePath) throws(FileError) {
    guard left.next() else { throw FileError(kind, path, found: "the end of this disk") }
  }

  func create(_ path: FilePath) throws(FileError) -> OutputFile {
    try change(path)
    return try disk.create(path)
  }
  func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int {
    try change(file.path)
    return try disk.write(bytes, to: file)
  }
  func sync(_ file: OutputFile) throws(FileError) { try change(file.path) }
  /// Descriptors are freed even by a dead process.
  func close(_ file: OutputFile) throws(FileError) {
    try disk.close(file)
    try change(file.path)
  }
  func rename(_ source: FilePath, to target: FilePath) throws(FileError) {
    try change(target)
    try disk.rename(source, to: target)
  }
  func syncDirectory(_ path: FilePath) throws(FileError) { try change(path) }
  func remove(_ path: FilePath) throws(FileError) {
    try change(path)
    try disk.remove(path)
  }
  func makeDirectory(_ path: FilePath) throws(FileError) {
    try change(path)
    try disk.makeDirectory(path)
  }
  func list(_ path: FilePath) throws(FileError) -> [String] { try disk.list(path) }
  func status(_ path: FilePath) throws(FileError) -> FileStatus? { try disk.status(path) }
  func read(_ path: FilePath) throws(FileError) -> [UInt8] { try disk.read(path) }
}
