import IO

/// Exclusive hold of one stage of one store. Functions that change a stage's state take it as an argument.
struct StageLock: ~Copyable {
  let stage: String
  /// Who held it before and did not give it back: it was killed, or its machine went down.
  let predecessor: LockOwner?
  private let lock: FileLock
  private let owner: FilePath
  private let note: LockOwner
  private let disk: any Disk

  /// Takes the lock, without waiting, and leaves a note of who holds it.
  /// - Throws: ``StageBusy`` where another run holds it; ``FileError``.
  init(_ stage: String, in layout: StoreLayout, for circumstances: Circumstances, at now: Double, on disk: any Disk) throws {
    // A tenth of a second: `status` holds the lock for a moment when it looks whether it is held.
    guard let lock = try FileLock(at: layout.lock(stage), attempts: 5) else {
      throw StageBusy(stage: stage, owner: LockOwner(reading: layout.owner(stage), on: disk))
    }
    (self.lock, self.stage) = (lock, stage)
    self.owner = layout.owner(stage)
    self.disk = disk
    predecessor = LockOwner(reading: owner, on: disk)
    // The note informs only: a full disk must not keep a stage from running into its own, clearer error.
    note = LockOwner(holder: circumstances, since: now)
    try? JSON.publish(note, at: owner, on: disk)
  }

  deinit {
    // Where the lock's file was removed meanwhile, another run may have left its own.
    if LockOwner(reading: owner, on: disk) == note { try? disk.remove(owner) }
  }

  /// Whether some process holds the lock of `stage`. Creates nothing.
  static func isHeld(_ stage: String, in layout: StoreLayout) -> Bool { FileLock.isHeld(at: layout.lock(stage)) }
}
