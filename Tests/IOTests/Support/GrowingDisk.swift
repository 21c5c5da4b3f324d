import IO

/// A disk on which a file grows with each write to another.
struct GrowingDisk: Disk {
  private let disk = LocalDisk()
  private let growing: FilePath

  init(_ growing: FilePath) { self.growing = growing }

  func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int {
    if let file = try? FileDescriptor.open(growing, .writeOnly, options: .append) {
      _ = try? file.closeAfter { try file.writeAll([1]) }
    }
    return try disk.write(bytes, to: file)
  }

  func create(_ path: FilePath) throws(FileError) -> OutputFile { try disk.create(path) }
  func sync(_ file: OutputFile) throws(FileError) { try disk.sync(file) }
  func close(_ file: OutputFile) throws(FileError) { try disk.close(file) }
  func rename(_ source: FilePath, to target: FilePath) throws(FileError) { try disk.rename(source, to: target) }
  func syncDirectory(_ path: FilePath) throws(FileError) { try disk.syncDirectory(path) }
  func remove(_ path: FilePath) throws(FileError) { try disk.remove(path) }
  func makeDirectory(_ path: FilePath) throws(FileError) { try disk.makeDirectory(path) }
  func list(_ path: FilePath) throws(FileError) -> [String] { try disk.list(path) }
  func status(_ path: FilePath) throws(FileError) -> FileStatus? { try disk.status(path) }
  func read(_ path: FilePath) throws(FileError) -> [UInt8] { try disk.read(path) }
}
