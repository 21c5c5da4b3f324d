import Glibc
import IO

/// Exclusive hold of one stage of one store, by a kernel lock that goes with the process: nothing to clean after a crash.
///
/// Functions that change a stage's state take the lock as an argument.
struct StageLock: ~Copyable {
  let stage: String
  /// Who held it before and did not give it back: it was killed, or its machine went down.
  let predecessor: LockOwner?
  private let descriptor: Int32
  private let owner: FilePath
  private let disk: any Disk

  /// Takes the lock, without waiting, and leaves a note of who holds it.
  /// - Throws: ``StageBusy`` where another run holds it; ``FileError``.
  init(_ stage: String, in layout: StoreLayout, for circumstances: Circumstances, at now: Double, on disk: any Disk) throws {
    let path = layout.lock(stage)
    // Closed on exec: a program started by a stage would keep the lock beyond our end. Read-write: flock on NFS asks for it.
    let descriptor = path.withPlatformString { path in StageLock.retrying { open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o666) } }
    guard descriptor >= 0 else { throw FileError(Errno(rawValue: errno), path, while: "opening the lock") }
    guard StageLock.lock(descriptor) else {
      let error = Errno(rawValue: errno)
      close(descriptor)
      guard error == .wouldBlock else { throw FileError(error, path, while: "locking") }
      throw StageBusy(stage: stage, owner: LockOwner(reading: layout.owner(stage), on: disk))
    }
    // Lock files are removed too, by `gc` and `clean`: hold of one that is gone would keep nobody out.
    guard StageLock.isStill(path, descriptor) else {
      close(descriptor)
      self = try StageLock(stage, in: layout, for: circumstances, at: now, on: disk)
      return
    }
    self.stage = stage
    self.descriptor = descriptor
    self.owner = layout.owner(stage)
    self.disk = disk
    predecessor = LockOwner(reading: owner, on: disk)
    // The note informs only: a full disk must not keep a stage from running into its own, clearer error.
    try? JSON.publish(LockOwner(holder: circumstances, since: now), at: owner, on: disk)
  }

  deinit {
    try? disk.remove(owner)
    close(descriptor)
  }

  /// Whether some process holds the lock of `stage`. Takes the lock shared for a moment where nobody does; creates nothing.
  static func isHeld(_ stage: String, in layout: StoreLayout) -> Bool {
    let descriptor = layout.lock(stage).withPlatformString { path in retrying { open(path, O_RDONLY | O_CLOEXEC) } }
    guard descriptor >= 0 else { return false }
    defer { close(descriptor) }
    return retrying { flock(descriptor, LOCK_SH | LOCK_NB) } != 0 && errno == EWOULDBLOCK
  }

  /// Tries for a tenth of a second: `status` holds the lock for a moment when it looks whether it is held.
  private static func lock(_ descriptor: Int32) -> Bool {
    for attempt in 1...5 {
      if retrying({ flock(descriptor, LOCK_EX | LOCK_NB) }) == 0 { return true }
      guard errno == EWOULDBLOCK, attempt < 5 else { return false }
      usleep(25_000)
    }
    return false
  }

  /// Whether the open file still has its name.
  static func isStill(_ path: FilePath, _ descriptor: Int32) -> Bool {
    var (named, opened) = (stat(), stat())
    guard path.withPlatformString({ stat($0, &named) }) == 0, fstat(descriptor, &opened) == 0 else { return false }
    return named.st_ino == opened.st_ino && named.st_dev == opened.st_dev
  }

  private static func retrying(_ call: () -> Int32) -> Int32 {
    while true {
      let result = call()
      if result >= 0 || errno != EINTR { return result }
    }
  }
}

/// Who holds a lock, as far as is known.
public struct LockOwner: Codable, Equatable, Sendable {
  public let holder: Circumstances
  /// Seconds since 1970.
  public let since: Double

  init(holder: Circumstances, since: Double) {
    self.holder = holder
    self.since = since
  }

  /// nil for a note that is missing or torn.
  init?(reading path: FilePath, on disk: any Disk) {
    guard let owner = JSON.decode(LockOwner.self, from: path, on: disk) else { return nil }
    self = owner
  }

  /// What is to be said of a run that left this note behind.
  var obituary: String {
    "an earlier run (\(holder.user) on \(holder.host), pid \(holder.pid)\(holder.slurmJob.map { ", Slurm job \($0)" } ?? "")), begun "
      + "\(Clock.minute(since)), ended without a word: it was killed, or its machine went down"
  }
}

/// What to do with a stage that another run holds.
public enum IfBusy: Equatable, Sendable {
  /// The stage fails, with exit status 9.
  case fail
  /// Leave it to the other run, and what depends on it.
  case skip
  /// Wait, at most so many seconds; without end where nil.
  case wait(seconds: Double?)

  /// `fail`, `skip`, `wait` or `wait:SECONDS`; nil for anything else.
  public init?(_ word: String) {
    switch word {
    case "fail": self = .fail
    case "skip": self = .skip
    case "wait": self = .wait(seconds: nil)
    default:
      guard word.hasPrefix("wait:"), let seconds = Double(word.dropFirst(5)), seconds >= 0, seconds.isFinite else { return nil }
      self = .wait(seconds: seconds)
    }
  }

  /// Whether to go on waiting when so many seconds have passed.
  func waits(after seconds: Double) -> Bool {
    guard case .wait(let most) = self else { return false }
    return most.map { seconds < $0 } ?? true
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
    let job = owner.holder.slurmJob.map { ", Slurm job \($0)" } ?? ""
    return "stage '\(stage)' is being run by \(owner.holder.user) on \(owner.holder.host) (pid \(owner.holder.pid)\(job)) since "
      + Clock.minute(owner.since)
  }
}
