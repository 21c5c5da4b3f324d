/// What `submit` is going to do: which stages get a job, and for which other jobs each waits. A pure function of the plan and of what
/// Slurm says of the jobs that were sent before.
public struct Submission: Equatable, Sendable {
  /// A stage to be sent.
  public struct Entry: Equatable, Sendable {
    public let planned: PlannedStage
    /// Its inputs that are not up to date, by name.
    public let waits: [String]
  }

  /// A stage that is not sent, because a job for it is queued or runs already.
  public struct Skipped: Equatable, Sendable {
    public let stage: String
    public let job: SlurmJob
  }

  public let plan: Plan
  /// Every entry after those that it waits for.
  public let entries: [Entry]
  public let skipped: [Skipped]
  /// Queued jobs that would start without their inputs, because they do not wait for the jobs that make these now, or that never start: to
  /// be cancelled, and sent anew.
  public let superseded: [SlurmJobID]

  /// - Parameters:
  ///   - known: what Slurm says of the job sent last, by stage; a job that it has forgotten is skipped.
  ///   - dependencies: the jobs that these were sent to wait for, by stage.
  init(_ job: Job, _ plan: Plan, known: [String: SlurmJob], dependencies: [String: [SlurmJobID]]) {
    var entries: [Entry] = []
    var skipped: [Skipped] = []
    var superseded: [SlurmJobID] = []
    for planned in plan.stages where planned.decision != .upToDate {
      let waits = (job.stage(planned.name)?.inputs ?? []).filter { plan[$0]?.decision != .upToDate }
      // A stage that is sent now has no job yet, so nothing waits for it.
      let jobs = waits.map { input in skipped.first { $0.stage == input }?.job.id }
      let isBehind = jobs.allSatisfy { job in job.map { dependencies[planned.name, default: []].contains($0) } ?? false }
      if let known = known[planned.name], known.phase == .running || known.phase == .queued && isBehind {
        skipped.append(Skipped(stage: planned.name, job: known))
        continue
      }
      if let known = known[planned.name], known.phase != .ended { superseded.append(known.id) }
      entries.append(Entry(planned: planned, waits: waits))
    }
    (self.plan, self.entries, self.skipped, self.superseded) = (plan, entries, skipped, superseded)
  }

  /// The job that makes a skipped stage; nil for one that is sent or up to date.
  func job(making stage: String) -> SlurmJobID? { skipped.first { $0.stage == stage }?.job.id }

  /// Whether an external input is not there, so that the chain would fail.
  var lacksInput: Bool { plan.stages.contains { !$0.missing.isEmpty || $0.unreadable != nil } }
}
