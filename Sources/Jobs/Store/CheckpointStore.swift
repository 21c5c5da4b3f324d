import IO

/// The saved states of one unfinished stage, or the finished pieces of its result, for one fingerprint: a checkpoint of other settings or
/// inputs is never seen.
///
/// Each checkpoint is one tar, published atomically; its first member `.checkpoint.json` names every file with its digest. All are
/// removed when the artifact has landed.
public struct CheckpointStore: Sendable {
  let folder: FilePath
  let fingerprint: Digest
  let disk: any Disk
  let onResume: @Sendable (CheckpointHead) -> Void
  let onPassingOver: @Sendable (String) -> Void
  let state: State
  private let policy: CheckpointPolicy
  private let processor: String?
  private let time: @Sendable () -> Double

  /// - Parameters:
  ///   - folder: the stage's own folder of checkpoints.
  ///   - fingerprint: of the stage as it runs now.
  ///   - processor: is written into the states that are saved; see ``Circumstances/processor``.
  ///   - onResume: is told of the state that the stage goes on from.
  ///   - onPassingOver: is told in a sentence of each state that is damaged or does not fit.
  ///   - time: seconds since 1970.
  public init(
    folder: FilePath, fingerprint: Digest, policy: CheckpointPolicy, processor: String? = nil, on disk: any Disk,
    onResume: @escaping @Sendable (CheckpointHead) -> Void = { _ in }, onPassingOver: @escaping @Sendable (String) -> Void = { _ in },
    time: @escaping @Sendable () -> Double
  ) {
    (self.folder, self.fingerprint, self.policy, self.processor, self.disk) = (folder, fingerprint, policy, processor, disk)
    (self.onResume, self.onPassingOver, self.time) = (onResume, onPassingOver, time)
    state = State(lastSave: time())
  }

  /// Whether the interval has passed since the last checkpoint, or since the start.
  public func due() -> Bool { time() - state.lastSave >= policy.every }

  /// Saves a state, atomically and durably, and then removes the oldest beyond those to keep.
  /// - Parameters:
  ///   - step: how far the stage is; a later state has a larger step.
  ///   - total: the last step, if known; for people.
  ///   - files: contents by name, as in a tar; `.checkpoint.json` is taken.
  /// - Throws: ``FileError``; the older checkpoints are then still there.
  public func save(step: Int, of total: Int? = nil, _ files: [String: [UInt8]]) throws(FileError) {
    try write(nil, step: step, of: total, files)
    try CheckpointFolder(folder, on: disk).keep(policy.keep, of: fingerprint, upTo: step)
  }

  /// Publishes a checkpoint.
  func write(_ kind: CheckpointHead.Kind?, step: Int, of total: Int?, _ files: [String: [UInt8]]) throws(FileError) {
    precondition(step >= 0, "CheckpointStore: step \(step)")
    precondition(files[CheckpointHead.memberName] == nil, "CheckpointStore: '\(CheckpointHead.memberName)' is taken")
    try disk.makeDirectories(folder)
    // It may be there since a run that was killed before it flushed the name.
    try disk.syncDirectory(folder.removingLastComponent())
    let names = files.keys.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    let members = names.map { name in
      Manifest.Member(name: name, size: files[name]?.count ?? 0, sha256: SHA256.digest(of: files[name] ?? []))
    }
    let head = CheckpointHead(
      kind, fingerprint: fingerprint, step: step, total: total, saved: time(), processor: processor, members: members)
    let tar = try TarWriter(publishingAt: folder.appending(CheckpointHead.fileName(fingerprint, step)), on: disk)
    try tar.add(CheckpointHead.memberName, head.encoded())
    for name in names { try tar.add(name, files[name] ?? []) }
    _ = try tar.finish()
    state.noteSaved(at: head.saved)
  }

  /// The newest state that is whole; damaged ones are skipped. nil where there is none.
  /// - Throws: ``FileError`` where a state, or the folder itself, cannot be read.
  public func newest() throws(FileError) -> (step: Int, files: [String: [UInt8]])? { try newest { ($0, $1) } }

  /// What `restore` makes of the newest state that is whole and that it takes; others are skipped. nil where there is none.
  /// - Parameter restore: throws where a state does not fit, as one that another version of the program saved.
  /// - Throws: ``FileError`` where a state, or the folder itself, cannot be read: it may be whole, so that the work of a night must not be
  ///   begun anew for it.
  public func newest<R>(_ restore: (_ step: Int, _ files: [String: [UInt8]]) throws -> R) throws(FileError) -> R? {
    for name in try CheckpointFolder(folder, on: disk).names(of: fingerprint) {
      let path = folder.appending(name)
      do {
        guard let (head, files) = try CheckpointStore.read(path, fingerprint) else { continue }
        let result = try restore(head.step, files)
        state.noteResumed(at: head.step)
        onResume(head)
        return result
      } catch let error as FileError where error.isOfTheSystem {
        throw error
      } catch {
        onPassingOver("the checkpoint \(path) is not used: \(error)")
      }
    }
    return nil
  }

  /// The step of the state that the stage read, or of the newest piece it found; nil where there was none.
  var resumedAt: Int? { state.resumedAt }

  private static func read(_ path: FilePath, _ fingerprint: Digest) throws(FileError) -> (head: CheckpointHead, files: [String: [UInt8]])? {
    let tar = try TarIndex(path)
    let head = try CheckpointHead(of: tar)
    guard head.fingerprint == fingerprint else { return nil }
    try head.check(kind: nil, in: path)
    var files: [String: [UInt8]] = [:]
    for member in head.members {
      let bytes = try tar.bytes(of: member.name)
      guard SHA256.digest(of: bytes) == member.sha256 else { throw head.otherBytes(member.name, in: path) }
      files[member.name] = bytes
    }
    return (head, files)
  }
}
