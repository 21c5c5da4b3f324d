import IO
import Synchronization

/// A disk that fails at its n-th operation, n counted from 1.
final class FaultyDisk: Disk {
  enum Fault: CaseIterable, Sendable {
    /// That one operation fails, the disk being full.
    case fullOnce
    /// That one operation fails with an I/O error.
    case errorOnce
    /// From that operation on all fail, as when the process or the machine died.
    case crash
    /// That operation, if it writes, writes a single byte and says so; nothing fails.
    case shortWrite
  }

  private let disk = LocalDisk()
  private let fault: Fault
  private let failing: Int
  private let names = Mutex<[String]>([])
  private let unclosed = Mutex(0)

  init(_ fault: Fault, at failing: Int) {
    self.fault = fault
    self.failing = failing
  }

  /// The operations asked for so far: the names of the protocol's functions without what follows.
  var operations: [String] { names.withLock { $0 } }
  /// Files created and not closed.
  var openFiles: Int { unclosed.withLock { $0 } }
  /// Whether the n-th operation was reached.
  var struck: Bool { operations.count >= failing }

  /// Counts an operation; says whether it is the short one.
  @discardableResult
  private func step(_ path: FilePath, _ function: String = #function) throws(FileError) -> Bool {
    let number = names.withLock { names in
      names.append(String(function.prefix { $0 != "(" }))
      return names.count
    }
    switch fault {
    case .fullOnce where number == failing: throw FileError(.noSpace, path, while: "test")
    case .errorOnce where number == failing: throw FileError(.ioError, path, while: "test")
    case .crash where number >= failing: throw FileError(.ioError, path, while: "test")
    default: return fault == .shortWrite && number == failing
    }
  }

  func create(_ path: FilePath) throws(FileError) -> OutputFile {
    try step(path)
    let file = try disk.create(path)
    unclosed.withLock { $0 += 1 }
    return file
  }

  func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int {
    do throws(FileError) {
      let short = try step(file.path)
      return try disk.write(short ? UnsafeRawBufferPointer(rebasing: bytes.prefix(1)) : bytes, to: file)
    } catch {
      // What a failing write leaves behind is anybody's guess: here, half.
      _ = try? disk.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2)), to: file)
      throw error
    }
  }

  func sync(_ file: OutputFile) throws(FileError) {
    try step(file.path)
    try disk.sync(file)
  }

  func close(_ file: OutputFile) throws(FileError) {
    try disk.close(file)
    unclosed.withLock { $0 -= 1 }
    try step(file.path)
  }

  func rename(_ source: FilePath, to target: FilePath) throws(FileError) {
    try step(target)
    try disk.rename(source, to: target)
  }

  func syncDirectory(_ path: FilePath) throws(FileError) {
    try step(path)
    try disk.syncDirectory(path)
  }

  func remove(_ path: FilePath) throws(FileError) {
    try step(path)
    try disk.remove(path)
  }

  func makeDirectory(_ path: FilePath) throws(FileError) {
    try step(path)
    try disk.makeDirectory(path)
  }

  func list(_ path: FilePath) throws(FileError) -> [String] {
    try step(path)
    return try disk.list(path)
  }

  func status(_ path: FilePath) throws(FileError) -> FileStatus? {
    try step(path)
    return try disk.status(path)
  }

  func read(_ path: FilePath) throws(FileError) -> [UInt8] {
    try step(path)
    return try disk.read(path)
  }
}
