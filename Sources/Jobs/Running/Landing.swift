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
  /// - Returns: the record, and whether the content is what it was before.
  func land(
    started: Double, resumedAt: Int?, threads: Int, kernels: String?, circumstances: Circumstances, holding lock: borrowing StageLock
  ) throws -> (record: RunRecord, isSame: Bool) {
    try checkExternalInputs()
    let path = store.layout.artifact(stage.name)
    let before = store.record(of: stage.name)?.manifest.content
    let (manifest, digest, _) = try ArtifactWriter.pack(store.layout.staging(stage.name), to: path, on: store.disk) { members in
      Manifest(
        stage: stage.name, run: stage.kind, version: stage.version, settings: stage.settings, inputs: sources, external: external,
        members: members)
    }
    guard let status = try store.disk.status(path) else {
      throw FileError(.missing, path, found: "that it vanished while it was being recorded", advice: "let nothing else write there")
    }
    let finished = store.time()
    let run = RunRecord.Run(
      started: started, finished: finished, seconds: finished - started, resumedAt: resumedAt, threads: threads, kernels: kernels,
      circumstances: circumstances)
    let record = RunRecord(manifest: manifest.head, digest: digest, status: status, run: run)
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
