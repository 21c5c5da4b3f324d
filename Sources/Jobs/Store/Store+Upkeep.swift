import IO

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
  func isUntidy(
    _ stage: String, _ manifest: Manifest, publishing files: [FilePath], _ leftovers: Set<FilePath>
  ) throws(FileError) -> Bool {
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
    // Whoever put it there may have been killed before its name was flushed.
    try disk.syncDirectory(path.removingLastComponent())
    let digest = try SHA256.digest(ofFile: path)
    let known = record?.digest == digest ? record : nil
    try write(
      RunRecord(manifest: manifest.head, digest: digest, status: status, run: known?.run, accepted: known?.accepted), holding: lock)
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
