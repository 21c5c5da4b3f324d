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
    self.lock = lock
    self.stage = stage
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

/// Who holds a lock, as far as is known.
public struct LockOwner: Codable, Equatable, Sendable {
  public let holder: Circumstances
  /// Seconds since 1970.
  public let since: Double

  init(holder: Circumstances, since: Double) { (self.holder, self.since) = (holder, since) }

  /// nil for a note that is missing or torn.
  init?(reading path: FilePath, on disk: any Disk) {
    guard let owner = JSON.decode(LockOwner.self, from: path, on: disk) else { return nil }
    // They are shown to people, and anybody may have written them.
    let words = owner.holder.user + owner.holder.host + (owner.holder.slurmJob ?? "")
    guard words.unicodeScalars.allSatisfy({ $0.value >= 32 && !(127..<160).contains($0.value) }) else { return nil }
    self = owner
  }

  /// What is to be said of a run that left this note behind, though its lock is free, by a run on `host`.
  func obituary(from host: String) -> String {
    let elsewhere = host == holder.host ? "" : ", or this file system shares no locks between machines, and it is still at work"
    return "an earlier run by \(holder.who), begun \(Clock.minute(since)), ended without a word: it was killed, or its machine went down"
      + elsewhere
  }
}

/// A stage that another run holds.
public struct StageBusy: Error, Equatable, CustomStringConvertible, Sendable {
  public let stage: String
  public let owner: LockOwner?

  public var description: String { "\(who); wait for it to end and run again" }

  /// Who holds it, without advice.
  public var who: String {
    guard let owner else { return "stage '\(stage)' is locked by another run" }
    return "stage '\(stage)' is being run by \(owner.holder.who) since \(Clock.minute(owner.since))"
  }
}
