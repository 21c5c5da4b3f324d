import IO

extension StageRun {
  /// Tells how far the artifact is packed. A stage that left something to go on from is stopped there: packing may take long.
  func packing(_ landing: Landing) throws(FileError) -> (_ done: Int, _ total: Int) throws -> Void {
    let mayLeave = try checkpointStep(landing) != nil
    // One of its own, by whose rate the stage's steps do not count.
    let progress = ProgressRecorder(stage.name, store, observer)
    return { done, total in
      if mayLeave { try stop.check() }
      progress.report(done >> 20, of: total >> 20, unit: "MiB", note: "packing")
    }
  }

  /// The step of the newest checkpoint that the stage would go on from.
  func checkpointStep(_ landing: Landing) throws(FileError) -> Int? {
    try CheckpointFolder(store.layout.checkpoints(stage.name), on: store.disk).heads()[landing.fingerprint]?.step
  }
}
