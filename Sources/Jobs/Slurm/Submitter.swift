import IO

/// Sends what is stale as one chain of Slurm jobs. What to send, ``Submission`` decides.
public struct Submitter: Sendable {
  let job: Job
  let store: Store
  let client: any SlurmClient
  let launch: Launch
  /// Who sends: user and machine.
  let by: String
  /// Looked at before each job is sent.
  let stop: StopFlag

  public init(_ job: Job, _ store: Store, _ client: any SlurmClient, _ launch: Launch, by: String, stop: StopFlag = StopFlag()) {
    (self.job, self.store, self.client, self.launch, self.by, self.stop) = (job, store, client, launch, by, stop)
  }

  /// A stage that was sent.
  public struct Sent: Equatable, Sendable {
    public let entry: Submission.Entry
    public let id: SlurmJobID
    public let script: String
  }

  /// The plan for `targets` (names of stages).
  public func plan(_ targets: [String]) throws -> Plan { try store.plan(Request(targets), of: job) }

  /// What would be sent. Slurm is asked only where it was sent something before for a stage that is not up to date.
  /// - Throws: ``FileError``; ``SlurmError`` where it does not answer.
  public func submission(_ targets: [String]) throws -> Submission {
    let plan = try plan(targets)
    let records = store.slurmRecords(of: plan.stages.filter { $0.decision != .upToDate }.map(\.name))
    let jobs = records.isEmpty ? [] : try client.jobs(records.map(\.id), within: 30)
    let dependencies = Dictionary(records.map { ($0.stage, $0.dependencies) }) { first, _ in first }
    return Submission(job, plan, known: SlurmJob.byStage(records, jobs), dependencies: dependencies)
  }

  /// What would be sent if Slurm knew of nothing.
  public func submissionWithoutSlurm(_ targets: [String]) throws -> Submission {
    Submission(job, try plan(targets), known: [:], dependencies: [:])
  }

  /// The script of an entry before the jobs that it waits for have numbers.
  public func script(of entry: Submission.Entry, in submission: Submission) throws(SlurmError) -> String {
    try script(of: entry, after: entry.waits.map { submission.job(making: $0).map { "\($0.number)" } ?? "<job of \($0)>" })
  }

  /// Sends the whole chain, inputs first; nothing where an external input is missing.
  /// - Throws: ``SubmitBusy``, ``SlurmError``, also where the stop flag is raised, ``FileError``; then nothing of the chain stays queued.
  public func send(_ targets: [String]) throws -> (submission: Submission, sent: [Sent]) {
    let lock = try SubmitLock(store.layout, on: store.disk)
    let submission = try submission(targets)
    guard !submission.lacksInput else { return (submission, []) }
    if !submission.superseded.isEmpty { try client.cancel(submission.superseded) }
    var sent: [Sent] = []
    do {
      for entry in submission.entries {
        if let reason = stop.reason { throw SlurmError("stopped by \(reason.name)") }
        sent.append(try send(entry, submission, after: sent, holding: lock))
      }
    } catch {
      throw takeBack(sent, for: error, holding: lock)
    }
    return (submission, sent)
  }

  private func send(
    _ entry: Submission.Entry, _ submission: Submission, after sent: [Sent], holding lock: borrowing SubmitLock
  ) throws -> Sent {
    let known = Dictionary(sent.map { ($0.entry.planned.name, $0.id) }) { first, _ in first }
    let ids = entry.waits.compactMap { known[$0] ?? submission.job(making: $0) }
    let script = try script(of: entry, after: ids.map { "\($0.number)" })
    let id = try client.submit(script)
    let record = SlurmRecord(
      stage: entry.planned.name, id: id, fingerprint: entry.planned.fingerprint, submitted: store.time(), by: by, dependencies: ids)
    do {
      try store.write(record, holding: lock)
    } catch {
      // A job that nobody remembers would be sent twice.
      do throws(SlurmError) {
        try client.cancel([id])
      } catch let second {
        throw SlurmError("\(error); the job just sent could not be cancelled (\(second)): cancel \(id) by hand")
      }
      throw error
    }
    return Sent(entry: entry, id: id, script: script)
  }

  private func script(of entry: Submission.Entry, after jobs: [String]) throws(SlurmError) -> String {
    guard let stage = job.stage(entry.planned.name) else { preconditionFailure("Submitter: no stage '\(entry.planned.name)'") }
    return try BatchScript(stage: stage, launch: launch, output: store.layout.slurmOutput(stage.name)).text(after: jobs)
  }

  /// Cancels what was sent of a chain that cannot be sent whole.
  private func takeBack(_ sent: [Sent], for error: any Error, holding lock: borrowing SubmitLock) -> any Error {
    guard !sent.isEmpty else { return error }
    let ids = sent.reversed().map(\.id)
    do throws(SlurmError) {
      try client.cancel(ids)
    } catch let second {
      return SlurmError("\(error); the jobs sent before it could not be cancelled (\(second)): cancel \(SlurmJobID.list(ids)) by hand")
    }
    for sent in sent { try? store.removeSlurmRecord(of: sent.entry.planned.name, holding: lock) }
    return SlurmError("\(error); the jobs sent before it were cancelled (\(SlurmJobID.list(ids)))")
  }
}

extension SlurmJobID {
  static func list(_ ids: [SlurmJobID]) -> String { ids.map(\.description).joined(separator: ", ") }
}

extension SlurmJob {
  /// What Slurm says of remembered jobs, by stage.
  static func byStage(_ records: [SlurmRecord], _ jobs: [SlurmJob]) -> [String: SlurmJob] {
    records.reduce(into: [:]) { known, record in known[record.stage] = jobs.first { $0.id == record.id } }
  }
}

/// Exclusive hold of what is remembered of a store's Slurm jobs, so that two who submit at once do not send a stage twice.
struct SubmitLock: ~Copyable {
  private let lock: FileLock

  /// - Throws: ``SubmitBusy``; ``FileError``.
  init(_ layout: StoreLayout, on disk: any Disk) throws {
    try disk.makeDirectories(layout.slurm)
    guard let lock = try FileLock(at: layout.submitLock) else { throw SubmitBusy(lock: layout.submitLock) }
    self.lock = lock
  }
}

/// Somebody else submits right now.
public struct SubmitBusy: Error, Equatable, CustomStringConvertible, Sendable {
  let lock: FilePath

  public var description: String { "another submit is at work (it holds \(lock)); wait for it to end and run again" }
}

/// Which remembered jobs `cancel` ends, and in which order.
public struct Cancellation: Equatable, Sendable {
  public struct Item: Equatable, Sendable {
    public let stage: String
    public let job: SlurmJob
  }

  /// What still waits or runs, a job before those that it waits for: else Slurm might start one for a moment.
  public let items: [Item]

  /// - Parameters:
  ///   - records: of the jobs in question.
  ///   - jobs: what Slurm says of them.
  ///   - order: names of stages, each after what it needs; stages that the job file no longer names are cancelled first.
  public init(_ records: [SlurmRecord], _ jobs: [SlurmJob], order: [String]) {
    let known = SlurmJob.byStage(records, jobs).filter { $0.value.phase != .ended }
    let strangers = known.keys.filter { !order.contains($0) }.sorted()
    items = (strangers + order.reversed()).compactMap { stage in known[stage].map { Item(stage: stage, job: $0) } }
  }
}
