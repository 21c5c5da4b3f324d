import IO

/// Exclusive hold of what is remembered of a store's Slurm jobs, so that two who submit at once do not send a stage twice.
struct SubmitLock: ~Copyable {
  private let lock: FileLock

  /// - Throws: ``SubmitBusy``; ``FileError``.
  init(_ layout: StoreLayout, on disk: any Disk) throws {
    try disk.makeDirectories(layout.slurm)
    guard let lock = try FileLock(at: layout.submitLock) else { throw SubmitBusy(lock: layout.submitLock) }
    self.lock = lock
  }
}

/// Somebody else submits right now.
public struct SubmitBusy: Error, Equatable, CustomStringConvertible, Sendable {
  let lock: FilePath

  public var description: String { "another submit is at work (it holds \(lock)); wait for it to end and run again" }
}
