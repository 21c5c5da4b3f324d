import IO
import Synchronization

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
  private let processor: String
  private let time: @Sendable () -> Double
  private let uptime: @Sendable () -> Double

  /// - Parameters:
  ///   - folder: the stage's own folder of checkpoints.
  ///   - fingerprint: of the stage as it runs now.
  ///   - processor: is written into the states that are saved; see ``Circumstances/processor``.
  ///   - onResume: is told of the state that the stage goes on from.
  ///   - onPassingOver: is told in a sentence of each state that is damaged or does not fit.
  ///   - time: seconds since 1970, for people.
  ///   - uptime: seconds that never go back, by which checkpoints come due.
  public init(
    folder: FilePath, fingerprint: Digest, policy: CheckpointPolicy, processor: String, on disk: any Disk,
    onResume: @escaping @Sendable (CheckpointHead) -> Void = { _ in }, onPassingOver: @escaping @Sendable (String) -> Void = { _ in },
    time: @escaping @Sendable () -> Double, uptime: @escaping @Sendable () -> Double = Clock.uptime
  ) {
    (self.folder, self.fingerprint, self.policy, self.processor, self.disk) = (folder, fingerprint, policy, processor, disk)
    (self.onResume, self.onPassingOver, self.time, self.uptime) = (onResume, onPassingOver, time, uptime)
    state = State(lastSave: uptime())
  }

  /// Whether the interval has passed since the last checkpoint, or since the start.
  public func due() -> Bool { uptime() - state.lastSave >= policy.every }

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
    state.noteSaved(at: uptime())
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

/// A result that is made piece by piece. A stage saves states or pieces, never both.
extension CheckpointStore {
  /// Saves a finished piece of the result, durably; unlike states, all pieces are kept until the artifact has landed.
  /// - Parameters:
  ///   - step: how much is done with it; every piece has one of its own, larger than those of the pieces before it. The work of a piece
  ///     that was found damaged is saved again under its old step.
  ///   - total: the last step, if known; for people.
  ///   - files: contents by name, as in a tar; `.checkpoint.json` is taken.
  /// - Throws: ``FileError``; the other pieces are then still there.
  public func append(step: Int, of total: Int? = nil, _ files: [String: [UInt8]]) throws(FileError) {
    precondition(!state.isWhole(step), "CheckpointStore.append: there is a piece of step \(step) already")
    try write(.piece, step: step, of: total, files)
    state.noteAppended(step)
  }

  /// The whole pieces of this fingerprint in order of their steps. Damaged ones are skipped with a warning: the stage does their work
  /// anew. Each piece is read once a run, and its members compared with their digests.
  /// - Parameter check: called before each piece is read; what it throws ends the reading.
  /// - Throws: ``FileError`` where a piece, or the folder itself, cannot be read: it may be whole.
  public func pieces(check: () throws -> Void = {}) throws -> [SavedPiece] {
    var pieces: [SavedPiece] = []
    for name in try CheckpointFolder(folder, on: disk).names(of: fingerprint).reversed() {
      try check()
      let path = folder.appending(name)
      do {
        let piece = try SavedPiece(opening: path)
        guard piece.head.fingerprint == fingerprint else { continue }
        if !state.isWhole(piece.step) { try piece.verify() }
        pieces.append(piece)
      } catch {
        guard !error.isOfTheSystem else { throw error }
        onPassingOver("the piece \(path) is not used: \(error)")
      }
    }
    let isFirstLook = state.noteFound(pieces.map(\.step))
    if isFirstLook, let newest = pieces.last { onResume(newest.head) }
    return pieces
  }
}

extension FileError {
  /// Whether the file may be whole although it could not be read.
  var isOfTheSystem: Bool { [.io, .permission, .noSpace].contains(kind) }
}

extension CheckpointStore {
  /// What changes while a stage runs.
  final class State: Sendable {
    private let values: Mutex<Values>

    private struct Values {
      var lastSave: Double
      var resumedAt: Int?
      var hasAppended = false
      /// Steps of pieces that were saved, or read and found whole, in this run.
      var whole: Set<Int> = []
    }

    init(lastSave: Double) { values = Mutex(Values(lastSave: lastSave)) }

    /// When the last state was saved, or the run began; by the clock that measures durations.
    var lastSave: Double { values.withLock(\.lastSave) }

    /// The step that the stage went on from; nil where it began anew.
    var resumedAt: Int? { values.withLock(\.resumedAt) }

    func isWhole(_ step: Int) -> Bool { values.withLock { $0.whole.contains(step) } }

    func noteSaved(at time: Double) { values.withLock { $0.lastSave = time } }

    func noteResumed(at step: Int) { values.withLock { $0.resumedAt = step } }

    func noteAppended(_ step: Int) {
      values.withLock {
        $0.hasAppended = true
        $0.whole.insert(step)
      }
    }

    /// - Returns: whether the stage goes on from these pieces, rather than looks at what it made itself.
    func noteFound(_ steps: [Int]) -> Bool {
      values.withLock {
        $0.whole.formUnion(steps)
        guard !$0.hasAppended, $0.resumedAt == nil else { return false }
        $0.resumedAt = steps.last
        return true
      }
    }

    /// Whether this run got further than where it went on from, where the newest checkpoint is of that step. A piece may fill a gap before
    /// it.
    func isFurther(_ step: Int) -> Bool { values.withLock { $0.hasAppended || step > $0.resumedAt ?? -1 } }
  }
}

/// How often a stage saves its state, and how many states are kept. Never part of a fingerprint.
public struct CheckpointPolicy: Equatable, Sendable {
  /// Seconds between two checkpoints.
  public var every: Double
  /// Checkpoints kept, the newest first; at least 1, by default 2, so that a damaged one has a predecessor.
  public var keep: Int

  public init(every: Double = 600, keep: Int = 2) {
    precondition(every >= 0 && keep >= 1, "CheckpointPolicy: every \(every) s, keep \(keep)")
    (self.every, self.keep) = (every, keep)
  }
}
