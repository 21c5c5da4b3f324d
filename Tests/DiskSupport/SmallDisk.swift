import IO
import Synchronization

/// A disk with room for so many bytes more, each file and folder taking one beside its content. What is removed makes no room: another
/// program takes it.
public final class SmallDisk: DiskLayer {
  public let beneath: any Disk
  private let state: Mutex<(left: Int, wasFull: Bool)>

  public init(room: Int, on disk: any Disk = HastyDisk()) {
    beneath = disk
    state = Mutex((room, false))
  }

  /// Bytes of room left.
  public var room: Int { state.withLock(\.left) }
  /// Whether something did not fit.
  public var wasFull: Bool { state.withLock(\.wasFull) }

  public func enter(_ operation: DiskOperation, _ path: FilePath) throws(FileError) {
    if operation == .create || operation == .makeDirectory { _ = try take(1, path) }
  }

  /// Writes what fits.
  public func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int {
    try beneath.write(UnsafeRawBufferPointer(rebasing: bytes.prefix(take(bytes.count, file.path))), to: file)
  }

  private func take(_ wanted: Int, _ path: FilePath) throws(FileError) -> Int {
    let taken = state.withLock { state in
      let taken = min(wanted, state.left)
      state.left -= taken
      if taken < wanted { state.wasFull = true }
      return taken
    }
    if taken == 0 && wanted > 0 { throw FileError(Errno.noSpace, path, while: "writing") }
    return taken
  }
}
