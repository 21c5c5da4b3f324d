import IO

/// What tells whether some process runs a stage now.
struct Presence {
  let isHeld: Bool
  let owner: LockOwner?
  let progress: StageProgress?
  /// Of a run on another machine, which some shared file systems let lock without showing it here; nil where there is none of late, or the
  /// lock was seen.
  let lastSign: Double?

  var isRunning: Bool { isHeld || lastSign != nil }
}

extension Store {
  /// Whether some process runs a stage now: one that holds its lock, or one on another machine than `host` that gave a sign of life of late.
  /// Takes the lock for a moment at most.
  public func isRunning(_ stage: String, seenFrom host: String) -> Bool { presence(of: stage, seenFrom: host).isRunning }

  /// Whether whoever ran the stage last did not give it back.
  public func hasLeftOwner(_ stage: String) -> Bool {
    LockOwner(reading: layout.owner(stage), on: disk) != nil && !StageLock.isHeld(stage, in: layout)
  }

  func presence(of stage: String, seenFrom host: String) -> Presence {
    let isHeld = StageLock.isHeld(stage, in: layout)
    let owner = LockOwner(reading: layout.owner(stage), on: disk)
    let progress = owner.flatMap { _ in StageProgress(reading: layout.progress(stage), on: disk) }
    return Presence(isHeld: isHeld, owner: owner, progress: progress, lastSign: isHeld ? nil : sign(of: owner, progress, seenFrom: host))
  }

  private func sign(of owner: LockOwner?, _ progress: StageProgress?, seenFrom host: String) -> Double? {
    guard let owner, owner.holder.host != host else { return nil }
    let last = max(owner.since, progress?.now ?? 0)
    return abs(time() - last) < StageStatus.silence ? last : nil
  }
}
