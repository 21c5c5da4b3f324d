import IO

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
