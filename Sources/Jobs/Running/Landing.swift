import IO

/// From a staging folder to an artifact with its record.
struct Landing {
  let stage: JobStage
  let store: Store
  let inputs: [String: [Artifact]]
  /// Digests of the external inputs as they were before the stage ran.
  let external: [String: Digest]

  /// Of the stage with these inputs.
  var fingerprint: Digest {
    Fingerprint.of(run: stage.kind, version: stage.version, settings: stage.settings, inputs: sources, external: external)
  }

  private var sources: [String: [Manifest.Input]] {
    inputs.mapValues { $0.map { Manifest.Input(stage: $0.manifest.stage, digest: $0.manifest.content) } }
  }

  /// Publishes the artifact, then its record, then removes the checkpoints: a crash between two of these steps costs no result.
  /// - Parameters:
  ///   - pieces: whose members stand in the artifact beside the staged files.
  ///   - packing: is told how many bytes are packed, and of how many; what it throws ends the landing, and nothing is left of it.
  ///   - describe: the circumstances of the run, which ended at a time, in seconds since 1970.
  /// - Returns: the record, and whether the content is what it was before.
  func land(
    _ pieces: PieceMembers, holding lock: borrowing StageLock, packing: @escaping (_ done: Int, _ total: Int) throws -> Void,
    describe: (_ finished: Double) -> RunRecord.Run
  ) throws -> (record: RunRecord, isSame: Bool) {
    try checkExternalInputs()
    if let stranger = try store.stranger(inPlaceOf: stage.name) { throw stranger }
    let path = store.layout.artifact(stage.name)
    let before = store.record(of: stage.name)?.manifest.content
    let staging = store.layout.staging(stage.name)
    let (manifest, digest, _) = try ArtifactWriter.pack(staging, pieces, to: path, on: store.disk, progress: packing) { members in
      Manifest(
        stage: stage.name, run: stage.kind, version: stage.version, settings: stage.settings, inputs: sources, external: external,
        members: members)
    }
    guard let status = try store.disk.status(path) else {
      throw FileError(.missing, path, found: "that it vanished while it was being recorded", advice: "let nothing else write there")
    }
    let record = RunRecord(manifest: manifest.head, digest: digest, status: status, run: describe(store.time()))
    try store.write(record, holding: lock)
    try store.externals.save(holding: lock)
    try CheckpointFolder(store.layout.checkpoints(stage.name), on: store.disk).clear()
    return (record, before == manifest.content)
  }

  /// An input that changed while the stage read it would give an artifact that lies about what it was made from.
  private func checkExternalInputs() throws {
    for (name, input) in stage.stage.externalInputs {
      guard try store.externals.digest(of: input, for: stage.name) == external[name] else {
        throw FileError(
          .damaged, input.path, expected: "the input as it was when the stage began", found: "other content", advice: "run again")
      }
    }
  }
}

/// The copy of an artifact for people.
struct Publication {
  let job: Job
  let stage: JobStage
  let store: Store

  /// Where the stage publishes.
  var files: [FilePath] { stage.stage.publishedFiles(stage: stage.name).map { store.layout.folder.appending($0) } }

  /// Whether a file that the stage publishes is missing.
  func isIncomplete() throws(FileError) -> Bool {
    for file in files where try !store.disk.exists(file) { return true }
    return false
  }

  /// What somebody else put into a place where the stage publishes; nil where nobody did.
  func stranger() throws(FileError) -> FileError? {
    for file in files {
      guard let status = try store.disk.status(file), status.size > 0 || status.kind != .file else { continue }
      if status.kind == .file, stage.stage.hasPublished(try InputFile(file).bytes(at: 0, count: min(status.size, 4096))) { continue }
      return FileError(
        .unsupported, file, expected: "what '\(stage.name)' published, or nothing", found: "something else",
        advice: "it is not replaced: move it away, or name another folder under 'artifacts'")
    }
    return nil
  }

  /// Lets the stage publish, where it publishes anything.
  /// - Returns: whether it does.
  func publish(holding lock: borrowing StageLock) throws -> Bool {
    guard !files.isEmpty else { return false }
    let artifact = try Artifact(opening: store.layout.artifact(stage.name))
    let records = job.graph.closure(of: [stage.name]).reduce(into: [String: RunRecord]()) { $0[$1] = store.record(of: $1) }
    try stage.stage.publish(artifact, records: records, into: store.layout.folder, on: store.disk)
    return true
  }
}
