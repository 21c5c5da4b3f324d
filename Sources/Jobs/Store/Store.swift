import IO

/// The artifacts of one job and the state beside them, on a disk. Reading never writes; every change of a stage's state takes its lock.
public struct Store: Sendable {
  public let layout: StoreLayout
  public let disk: any Disk
  /// Seconds since 1970.
  let time: @Sendable () -> Double
  /// Seconds since some moment, never going back.
  let uptime: @Sendable () -> Double
  let externals: ExternalDigests

  /// - Parameters:
  ///   - time: seconds since 1970.
  ///   - uptime: by what durations are measured, since dates may be set while a stage runs: seconds that never go back.
  ///   - reading: is told, while an external file is read for its digest, how many of its bytes were read and of how many that count (0
  ///     while that is being found out). Such a file may hold hundreds of gigabytes; what is thrown here ends the reading.
  public init(
    at folder: FilePath, on disk: any Disk, time: @escaping @Sendable () -> Double, uptime: @escaping @Sendable () -> Double = Clock.uptime,
    reading: @escaping @Sendable (_ file: FilePath, _ done: Int, _ total: Int) throws -> Void = { _, _, _ in }
  ) {
    layout = StoreLayout(folder: folder)
    (self.disk, self.time, self.uptime) = (disk, time, uptime)
    externals = ExternalDigests(layout, on: disk, time: time, reading: reading)
  }

  /// The record of a stage's artifact, as it was written; nil where it is missing or torn, or its fingerprint does not follow from the
  /// rest of it. (Its content cannot be checked so: the members stand in the artifact alone.)
  public func record(of stage: String) -> RunRecord? {
    guard let record = JSON.decode(RunRecord.self, from: layout.record(stage), on: disk), record.manifest.hasOwnFingerprint else {
      return nil
    }
    return record
  }

  /// Reads a stage's artifact from end to end. It must name the stage: nothing else in it depends on that name.
  /// - Throws: ``FileError``.
  func verified(_ stage: String) throws(FileError) -> Manifest {
    let artifact = try Artifact(opening: layout.artifact(stage))
    try artifact.verify()
    if let stranger = artifact.stranger(to: stage) { throw stranger }
    return artifact.manifest
  }

  /// What somebody else put into the place of a stage's artifact, in a sentence; nil where nothing, or an artifact of the stage, stands there.
  /// Such a file, or an artifact of another stage, may be the only copy of something: it is never replaced and never removed.
  func stranger(inPlaceOf stage: String) throws(FileError) -> FileError? {
    try stranger(inPlaceOf: stage, record(of: stage), disk.status(layout.artifact(stage)))
  }

  /// The same where the stage's record and the status of its artifact are known.
  func stranger(inPlaceOf stage: String, _ record: RunRecord?, _ status: FileStatus?) throws(FileError) -> FileError? {
    let path = layout.artifact(stage)
    guard let status, status.size > 0 || status.kind != .file else { return nil }
    let found: String
    switch status.kind {
    case .folder: found = "a folder"
    case .other: found = "a device or a pipe"
    case .file:
      if let record, record.status == status { return nil }
      // With the content that the record knows it is the stage's own, and its name is damaged.
      if let artifact = try? Artifact(opening: path), let other = artifact.stranger(to: stage), record?.manifest.content != artifact.manifest.content {
        return other
      }
      // A damaged artifact is still one: most of its first member's name is there, or all of the size that its record knows.
      if let record, record.status.inode == status.inode || record.status.size == status.size { return nil }
      let name = Array(Manifest.memberName.utf8) + [0]
      let start = try InputFile(path).bytes(at: 0, count: min(status.size, name.count))
      if zip(start, name).count(where: ==) >= min(start.count, name.count - 3) { return nil }
      found = "a file that is none"
    }
    return FileError(
      .unsupported, path, expected: "an artifact of this program, or nothing", found: found,
      advice: "it is not replaced: move it away, or name another folder under 'artifacts'")
  }

  /// Makes the folders that everything else lies in.
  func prepare() throws(FileError) {
    for folder in layout.folders { try disk.makeDirectories(folder) }
  }
}

/// What tells whether some process runs a stage now.
struct Presence {
  let isHeld: Bool
  let owner: LockOwner?
  let progress: StageProgress?
  /// Of a run on another machine, which some shared file systems let lock without showing it here; nil where there is none of late, or the
  /// lock was seen.
  let lastSign: Double?

  var isRunning: Bool { isHeld || lastSign != nil }

  /// Seconds without a sign of life after which a run on another machine counts as dead.
  static let silence = 900.0
}

extension Store {
  /// Whether some process runs a stage now: one that holds its lock, or one on another machine than `host` that gave a sign of life of late.
  /// Takes the lock for a moment at most.
  public func isRunning(_ stage: String, seenFrom host: String) -> Bool { presence(of: stage, seenFrom: host).isRunning }

  /// Whether the last run of the stage did not give it back.
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
    return abs(time() - last) < Presence.silence ? last : nil
  }
}

/// Changes of a stage's state beside its artifact. Each takes the stage's lock.
extension Store {
  func write(_ record: RunRecord, holding lock: borrowing StageLock) throws(FileError) {
    try JSON.publish(record, at: layout.record(lock.stage), on: disk)
  }

  /// The files of stages, by path, that have temporary files of a crash beside them.
  /// - Parameter files: what the stages publish.
  func leftovers(of stages: [String], publishing files: [FilePath]) throws(FileError) -> Set<FilePath> {
    var found: Set<FilePath> = []
    for folder in Set((stages.flatMap(written) + files).map { $0.removingLastComponent() }) where try disk.exists(folder) {
      found.formUnion(try AtomicFile.leftovers(in: folder, on: disk).keys.map { folder.appending($0) })
    }
    return found
  }

  /// Whether ``tidy(_:publishing:holding:)`` would find anything to do. Reads only.
  /// - Parameter leftovers: as ``leftovers(of:publishing:)`` found them.
  func isUntidy(_ stage: String, _ manifest: Manifest, publishing files: [FilePath], _ leftovers: Set<FilePath>) throws(FileError) -> Bool {
    if try record(of: stage)?.status != disk.status(layout.artifact(stage)) { return true }
    if externals.hasNews(of: stage) { return true }
    if try disk.exists(layout.staging(stage)) { return true }
    if try disk.exists(layout.owner(stage)) { return true }
    if try disk.exists(layout.progress(stage)) { return true }
    if try CheckpointFolder(layout.checkpoints(stage), on: disk).isUntidy(manifest.fingerprint) { return true }
    return (written(for: stage) + files).contains(where: leftovers.contains)
  }

  /// Brings the state of a stage whose artifact is up to date to where an undisturbed run would have left it: the record fits, and nothing
  /// is left of a crash.
  func tidy(_ manifest: Manifest, publishing files: [FilePath], holding lock: borrowing StageLock) throws(FileError) {
    try adopt(holding: lock)
    try externals.save(holding: lock)
    try removeLeftovers(publishing: files, holding: lock)
    try CheckpointFolder(layout.checkpoints(lock.stage), on: disk).clear(manifest.fingerprint)
  }

  /// Removes what a crash may have left of a stage: temporary files, its staging folder, the note of how far it was.
  func removeLeftovers(publishing files: [FilePath], holding lock: borrowing StageLock) throws(FileError) {
    for path in written(for: lock.stage) + files { try AtomicFile.removeLeftovers(of: path, on: disk) }
    try CheckpointFolder(layout.checkpoints(lock.stage), on: disk).removeLeftovers()
    try disk.removeTree(layout.staging(lock.stage))
    try disk.removeTree(layout.progress(lock.stage))
  }

  /// Writes a record for an artifact that has none that fits: its record was lost, or the file came from elsewhere.
  /// What is known of its run is kept where the bytes are the same.
  func adopt(holding lock: borrowing StageLock) throws(FileError) {
    let path = layout.artifact(lock.stage)
    let record = record(of: lock.stage)
    guard let status = try disk.status(path), record?.status != status else { return }
    let manifest = try verified(lock.stage)
    // The process that put it there may have been killed before its name was flushed.
    try disk.syncDirectory(path.removingLastComponent())
    let digest = try SHA256.digest(ofFile: path)
    let known = record?.digest == digest ? record : nil
    try write(RunRecord(manifest: manifest.head, digest: digest, status: status, run: known?.run, accepted: known?.accepted), holding: lock)
  }

  /// Takes over an artifact that another stage of the same kind made: the same members, under this stage's name. Nothing is done where it names the stage.
  /// - Throws: ``FileError`` where it is damaged, or of another kind.
  func rename(_ stage: JobStage, holding lock: borrowing StageLock) throws(FileError) {
    let path = layout.artifact(stage.name)
    let artifact = try Artifact(opening: path)
    let old = artifact.manifest
    guard old.stage != stage.name else { return }
    guard old.run == stage.kind else {
      throw FileError(
        .unsupported, path, expected: "an artifact of a stage that runs '\(stage.kind)'", found: "that of '\(old.stage)', which runs '\(old.run)'",
        advice: "move it away")
    }
    let manifest = Manifest(
      stage: stage.name, run: old.run, version: old.version, settings: old.settings, inputs: old.inputs, external: old.external, members: old.members)
    let tar = try TarWriter(publishingAt: path, on: disk)
    try tar.add(Manifest.memberName, manifest.encoded())
    // Each compared with its digest: nothing of a damaged artifact is published.
    for member in old.members { try tar.add(member.name, artifact.bytes(of: member.name)) }
    _ = try tar.finish()
    try adopt(holding: lock)
  }

  /// Notes that the artifact is to count as made with what `manifest` says, whatever it was made with.
  func accept(_ manifest: Manifest, by circumstances: Circumstances, holding lock: borrowing StageLock) throws(FileError) {
    try adopt(holding: lock)
    guard var record = record(of: lock.stage) else { return }
    record.accepted = RunRecord.Acceptance(manifest: manifest, at: time(), by: circumstances)
    try write(record, holding: lock)
  }

  /// The files that are written for a stage by publishing them.
  private func written(for stage: String) -> [FilePath] {
    [layout.artifact, layout.record, layout.owner, layout.progress, layout.externals].map { $0(stage) }
  }
}
