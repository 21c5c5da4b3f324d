import Glibc
import IO
import Logging

/// Carries out one planned stage: lock, look again, run, land, record, publish. Called on a thread of its own.
struct StageRun {
  let job: Job
  let stage: JobStage
  let store: Store
  let circumstances: Circumstances
  /// The stage alone, its inputs as they are.
  let request: Request
  let threads: Int
  /// See ``Runner/Options/arithmetic``.
  let arithmetic: Arithmetic?
  let stop: StopFlag
  let observer: any RunObserver

  private var publication: Publication { Publication(job: job, stage: stage, store: store) }

  enum Outcome {
    case made
    /// Another run made it meanwhile.
    case foundFresh
    /// Another run holds it.
    case busy(StageBusy)
    case stopped(StageStop)
    case failed(StageFailure)
  }

  /// Nothing is thrown: whatever goes wrong is the outcome.
  func perform() -> Outcome {
    do {
      try store.prepare()
      let lock = try StageLock(stage.name, in: store.layout, for: circumstances, at: store.time(), on: store.disk)
      let listing = try store.listing(of: [stage] + stage.inputs.compactMap(job.stage))
      // Another run may have made the artifact since the plan was made. Asked of the planner, or a stage that it plans for ever would be
      // found fresh for ever.
      guard let planned = Planner(job).plan(request, listing)[stage.name], planned.decision != .upToDate else { return .foundFresh }
      try checkPlace()
      if let failure = missingInput(planned) { return .failed(failure) }
      // So that nobody who asks while the stage runs has to read the files again.
      try? store.externals.save(holding: lock)
      if let dead = lock.predecessor { observer.handle(.warned(stage: stage.name, dead.obituary(from: circumstances.host))) }
      return try run(
        openInputs(listing), (listing.externals[stage.name] ?? [:]).compactMapValues(\.self),
        resuming: planned.decision == .resume, holding: lock)
    } catch let busy as StageBusy {
      return .busy(busy)
    } catch is Stopped {
      return .stopped(.before)
    } catch {
      return .failed(failure(error, log: nil))
    }
  }

  /// What cannot be replaced is better found before hours of work than after.
  private func checkPlace() throws(FileError) {
    if let stranger = try store.stranger(inPlaceOf: stage.name) { throw stranger }
    if let stranger = try publication.stranger() { throw stranger }
    guard store.layout.folder.withPlatformString({ access($0, W_OK | X_OK) }) == 0 else {
      throw FileError(Errno(rawValue: errno), store.layout.folder, while: "seeing whether the artifact can be written there")
    }
    // A file is the same by what the system says of it, not by how its path is spelt.
    let own = try store.disk.status(store.layout.artifact(stage.name))
    for (name, input) in stage.stage.externalInputs.sorted(by: { $0.key < $1.key }) {
      guard let own, try store.disk.status(input.path) == own else { continue }
      throw FileError(
        .unsupported, input.path, expected: "'\(name)' to be another file than the artifact", found: "that they are the same",
        advice: "name another file, or another folder under 'artifacts'")
    }
  }

  /// Opens the inputs, which must have the contents that the plan was made from: of an artifact that its record vouches for, the plan
  /// has seen the record alone.
  private func openInputs(_ listing: Listing) throws(FileError) -> [String: [Artifact]] {
    var inputs: [String: [Artifact]] = [:]
    for (role, names) in stage.needs {
      for name in names {
        let artifact = try Artifact(opening: store.layout.artifact(name))
        if case .present(let recorded)? = listing.artifacts[name], recorded.content != artifact.manifest.content {
          throw FileError(
            .damaged, artifact.path, expected: "the content that its record names", found: "other content",
            advice: "remove \(store.layout.record(name)) and run again")
        }
        inputs[role, default: []].append(artifact)
      }
    }
    return inputs
  }

  private func missingInput(_ planned: PlannedStage) -> StageFailure? {
    var sentence: String?
    if let unreadable = planned.unreadable {
      sentence = unreadable
    } else if let name = planned.missing.first, let path = stage.stage.externalInputs[name]?.path {
      sentence = "its input '\(name)' is missing: there is nothing at \(path); put it there, or change '\(name)' in \(job.file)"
    } else if let name = planned.lacking.first {
      sentence = "its input stage '\(name)' has no artifact at \(store.layout.artifact(name)); make '\(name)' first"
    }
    return sentence.map { StageFailure(stage: stage.name, kind: .missingInput, sentence: $0, log: nil) }
  }

  private func run(
    _ inputs: [String: [Artifact]], _ external: [String: Digest], resuming: Bool, holding lock: borrowing StageLock
  ) throws -> Outcome {
    try store.removeLeftovers(publishing: publication.files, holding: lock)
    let log = StageLog(at: store.layout.log(stage.name), continuing: resuming, on: store.disk, time: store.time)
    let landing = Landing(stage: stage, store: store, inputs: inputs, external: external)
    if request.forced[stage.name] != nil { try CheckpointFolder(store.layout.checkpoints(stage.name), on: store.disk).clear() }
    let checkpoints = CheckpointStore(
      folder: store.layout.checkpoints(stage.name), fingerprint: landing.fingerprint, policy: stage.checkpoint,
      processor: processor, on: store.disk, onResume: { tell($0, log) }, onPassingOver: { warn($0, log) }, time: store.time,
      uptime: store.uptime)
    defer { try? store.disk.removeTree(store.layout.staging(stage.name)) }
    defer { try? store.disk.remove(store.layout.progress(stage.name)) }
    do {
      try store.disk.makeDirectories(store.layout.staging(stage.name))
      return try work(inputs, landing, checkpoints, log, holding: lock)
    } catch is Stopped where stop.reason != nil {
      let step = try checkpointStep(landing)
      log.write("stopped by \(stop.reason?.name ?? "?")\(step.map { ", checkpoint at step \($0)" } ?? ", without a checkpoint")")
      return .stopped(step.map { .checkpoint(step: $0, isFurther: checkpoints.state.isFurther($0)) } ?? .empty)
    } catch {
      log.write("failed: \(error)")
      return .failed(failure(error, log: store.layout.log(stage.name)))
    }
  }

  private func work(
    _ inputs: [String: [Artifact]], _ landing: Landing, _ checkpoints: CheckpointStore, _ log: StageLog, holding lock: borrowing StageLock
  ) throws -> Outcome {
    let (started, begun) = (store.time(), store.uptime())
    log.write(
      "\(stage.name) runs '\(stage.kind)' (version \(stage.version)) with \(threads) threads"
        + "\(arithmetic.map { ", \($0.words)" } ?? "") on \(circumstances.host), \(circumstances.program)")
    log.write("settings \(stage.settings.canonical)")
    let workspace = Workspace(
      inputs: inputs, output: store.layout.staging(stage.name), checkpoints: checkpoints,
      progress: ProgressRecorder(stage.name, store, observer), stop: stop, threads: threads, kernels: arithmetic?.kernels,
      log: log.logger(stage.name) { observer.handle(.warned(stage: stage.name, $0)) }, disk: store.disk)
    try stage.stage.run(workspace)
    let (record, isSame) = try landing.land(workspace.pieceMembers, holding: lock, packing: packing(landing)) { finished in
      RunRecord.Run(
        started: started, finished: finished, seconds: store.uptime() - begun, resumedAt: checkpoints.resumedAt, threads: threads,
        arithmetic: arithmetic, circumstances: circumstances)
    }
    let seconds = record.run?.seconds ?? 0
    log.write("done in \(Clock.span(seconds)), sha256 \(record.digest)\(isSame ? ", as before" : "")")
    observer.handle(.finished(stage: stage.name, seconds: seconds, isSame: isSame))
    if try publication.publish(holding: lock) { observer.handle(.published(stage: stage.name)) }
    return .made
  }

  /// What the last bits of results may depend on: the processor, and by what it computes.
  private var processor: String { circumstances.processor + (arithmetic.map { " with \($0.words)" } ?? "") }

  /// Says that the stage goes on from a checkpoint, and if that may show in its bytes.
  private func tell(_ checkpoint: CheckpointHead, _ log: StageLog) {
    log.write("resumes at step \(checkpoint.step)")
    if let warning = checkpoint.warning(on: processor) { warn(warning, log) }
  }

  private func warn(_ sentence: String, _ log: StageLog) {
    log.write("warning: \(sentence)")
    observer.handle(.warned(stage: stage.name, sentence))
  }

  private func failure(_ error: any Error, log: FilePath?) -> StageFailure {
    func failure(_ kind: StageFailure.Kind, _ sentence: String) -> StageFailure {
      StageFailure(stage: stage.name, kind: kind, sentence: sentence, log: log)
    }
    switch error {
    case is Stopped: return failure(.failed, "it stopped although nobody asked it to")
    case let error as JobFileError: return failure(.badSettings, error.description)
    case let error as FileError where error.kind == .missing && stage.stage.externalInputs.values.contains { $0.path == error.path }:
      return failure(.missingInput, error.description)
    default: return failure(.failed, "\(error)")
    }
  }
}

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
