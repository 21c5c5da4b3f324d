import IO

extension Store {
  /// Whether whoever ran the stage last did not give it back.
  public func hasLeftOwner(_ stage: String) -> Bool {
    LockOwner(reading: layout.owner(stage), on: disk) != nil && !StageLock.isHeld(stage, in: layout)
  }

  /// Whether some process runs a stage now: one that holds its lock, or one on another machine than `host` that gave a sign of life of late.
  /// Takes the lock for a moment at most.
  public func isRunning(_ stage: String, seenFrom host: String) -> Bool {
    if StageLock.isHeld(stage, in: layout) { return true }
    let progress = StageProgress(reading: layout.progress(stage), on: disk)
    return sign(of: LockOwner(reading: layout.owner(stage), on: disk), progress, seenFrom: host) != nil
  }
}
