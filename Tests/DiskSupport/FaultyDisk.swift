import IO
import Synchronization

/// A disk that fails at its n-th operation, n counted from 1.
public final class FaultyDisk: DiskLayer {
  public enum Fault: Equatable, Sendable {
    /// That one operation fails.
    case once(Errno)
    /// From that operation on all fail, as when the process died or the disk may no longer be written.
    case forEver(Errno)
    /// That operation, if it writes, writes a single byte and says so; nothing fails.
    case shortWrite
    /// From that operation on every write writes a single byte.
    case shortWrites
  }

  /// Which operations count, and can fail.
  public enum Scope: Sendable { case all, changes }

  public let beneath: any Disk
  private let fault: Fault
  private let failing: Int
  private let scope: Scope
  private let seen = Mutex<(names: [String], open: Int)>(([], 0))

  public init(_ fault: Fault, at failing: Int, of scope: Scope = .all, on disk: any Disk = HastyDisk()) {
    self.fault = fault
    self.failing = failing
    self.scope = scope
    beneath = disk
  }

  /// The operations asked for so far.
  public var operations: [String] { seen.withLock(\.names) }
  /// Files created and not closed.
  public var openFiles: Int { seen.withLock(\.open) }
  /// Whether the n-th operation was reached.
  public var struck: Bool { operations.count >= failing }

  public func enter(_ operation: DiskOperation, _ path: FilePath) throws(FileError) { try step(operation, path) }

  /// Counts an operation; says whether it is a short one.
  @discardableResult
  private func step(_ operation: DiskOperation, _ path: FilePath) throws(FileError) -> Bool {
    guard scope == .all || operation.isChange else { return false }
    let number = seen.withLock { seen in
      seen.names.append(operation.rawValue)
      return seen.names.count
    }
    switch fault {
    case .once(let error) where number == failing, .forEver(let error) where number >= failing:
      throw FileError(error, path, while: "testing what happens then")
    case .shortWrite: return number == failing
    case .shortWrites: return number >= failing
    default: return false
    }
  }

  public func create(_ path: FilePath) throws(FileError) -> OutputFile {
    try step(.create, path)
    let file = try beneath.create(path)
    seen.withLock { $0.open += 1 }
    return file
  }

  public func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int {
    do throws(FileError) {
      let short = try step(.write, file.path)
      return try beneath.write(short ? UnsafeRawBufferPointer(rebasing: bytes.prefix(1)) : bytes, to: file)
    } catch {
      // What a failing write leaves behind is anybody's guess: here, half.
      _ = try? beneath.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(bytes.count / 2)), to: file)
      throw error
    }
  }

  public func close(_ file: OutputFile) throws(FileError) {
    try beneath.close(file)
    seen.withLock { $0.open -= 1 }
    try step(.close, file.path)
  }
}
