import IO
import Synchronization

/// The saved states of one unfinished stage, for one fingerprint: a checkpoint of other settings or inputs is never seen.
///
/// Each checkpoint is one tar, published atomically; its first member `.checkpoint.json` names every file with its digest. All are
/// removed when the artifact has landed.
public struct CheckpointStore: Sendable {
  private let folder: FilePath
  private let fingerprint: Digest
  private let policy: CheckpointPolicy
  private let disk: any Disk
  private let time: @Sendable () -> Double
  private let state: State

  /// - Parameters:
  ///   - folder: the stage's own folder of checkpoints.
  ///   - fingerprint: of the stage as it runs now.
  ///   - time: seconds since 1970.
  public init(
    folder: FilePath, fingerprint: Digest, policy: CheckpointPolicy, on disk: any Disk, time: @escaping @Sendable () -> Double
  ) {
    self.folder = folder
    self.fingerprint = fingerprint
    self.policy = policy
    self.disk = disk
    self.time = time
    state = State(lastSave: time())
  }

  /// Whether the interval has passed since the last checkpoint, or since the start.
  public func due() -> Bool { time() - state.lastSave.withLock(\.self) >= policy.every }

  /// Saves a state, atomically and durably, and then removes the oldest beyond those to keep.
  /// - Parameters:
  ///   - step: how far the stage is; a later state has a larger step.
  ///   - total: the last step, if known; for people.
  ///   - files: contents by name, as in a tar; `.checkpoint.json` is taken.
  /// - Throws: ``FileError``; the older checkpoints are then still there.
  public func save(step: Int, of total: Int? = nil, _ files: [String: [UInt8]]) throws(FileError) {
    precondition(step >= 0, "CheckpointStore.save: step \(step)")
    precondition(files[CheckpointHead.memberName] == nil, "CheckpointStore.save: '\(CheckpointHead.memberName)' is taken")
    try disk.makeDirectories(folder)
    let names = files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let members = names.map { name in
      Manifest.Member(name: name, size: files[name]?.count ?? 0, sha256: SHA256.digest(of: files[name] ?? []))
    }
    let head = CheckpointHead(fingerprint: fingerprint, step: step, total: total, saved: time(), members: members)
    let tar = try TarWriter(publishingAt: folder.appending(CheckpointHead.fileName(fingerprint, step)), on: disk)
    try tar.add(CheckpointHead.memberName, head.encoded())
    for name in names { try tar.add(name, files[name] ?? []) }
    _ = try tar.finish()
    state.lastSave.withLock { $0 = head.saved }
    try CheckpointFolder(folder, on: disk).keep(policy.keep, of: fingerprint)
  }

  /// The newest state that is whole; damaged ones are passed over. nil where there is none.
  /// - Throws: ``FileError`` where the folder itself cannot be read.
  public func newest() throws(FileError) -> (step: Int, files: [String: [UInt8]])? {
    for name in try CheckpointFolder(folder, on: disk).names(of: fingerprint) {
      if let checkpoint = try? CheckpointStore.read(folder.appending(name), fingerprint) { return checkpoint }
    }
    return nil
  }

  private static func read(_ path: FilePath, _ fingerprint: Digest) throws(FileError) -> (step: Int, files: [String: [UInt8]])? {
    let tar = try TarIndex(path)
    let head = try CheckpointHead(parsing: tar.bytes(of: CheckpointHead.memberName), from: path)
    guard head.fingerprint == fingerprint else { return nil }
    var files: [String: [UInt8]] = [:]
    for member in head.members {
      let bytes = try tar.bytes(of: member.name)
      guard SHA256.digest(of: bytes) == member.sha256 else {
        throw FileError(.damaged, path, at: "member '\(member.name)'", expected: "the content its digest names", found: "other bytes")
      }
      files[member.name] = bytes
    }
    return (head.step, files)
  }

  /// What changes while a stage runs.
  private final class State: Sendable {
    let lastSave: Mutex<Double>

    init(lastSave: Double) { self.lastSave = Mutex(lastSave) }
  }
}
