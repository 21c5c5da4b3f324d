import Jobs

/// `submit --json`.
struct SubmissionDocument: Codable {
  struct Job: Codable {
    let stage: String, plan: String, why: String, after: [String], script: String
    let job: Int?, cluster: String?
  }

  struct Skipped: Codable {
    let stage: String, job: Int, cluster: String?, state: String
  }

  let dryRun: Bool
  let jobs: [Job]
  let skipped: [Skipped]
}

/// What `submit` did, or would do, for people and as JSON.
struct SubmissionReport {
  /// One stage that is not up to date.
  private struct Item {
    let planned: PlannedStage
    let waits: [String]
    let id: SlurmJobID?
    let script: String
  }

  private let isDry: Bool
  private let items: [Item]
  private let skipped: [Submission.Skipped]

  /// Nothing is to be done.
  init(_ plan: Plan, isDry: Bool) {
    precondition(plan.isUpToDate, "SubmissionReport: a plan that is not carried out")
    self.isDry = isDry
    (items, skipped) = ([], [])
  }

  /// What was sent.
  init(_ submission: Submission, sent: [Submitter.Sent]) {
    isDry = false
    items = sent.map { Item(planned: $0.entry.planned, waits: $0.entry.waits, id: $0.id, script: $0.script) }
    skipped = submission.skipped
  }

  /// What would be sent.
  init(_ submission: Submission, script: (Submission.Entry) throws -> String) throws {
    isDry = true
    items = try submission.entries.map { Item(planned: $0.planned, waits: $0.waits, id: nil, script: try script($0)) }
    skipped = submission.skipped
  }

  func lines(_ targets: [String]) -> [String] {
    guard !items.isEmpty || !skipped.isEmpty else { return [PlanPrinter.nothingToDo(for: targets)] }
    var lines = skipped.map { "\($0.stage): skipped, Slurm job \($0.job.id) \($0.job.words)" }
    if isDry {
      for item in items { lines += ["== \(item.planned.name): \(item.planned.reason)\(after(item))", item.script] }
      lines.append("\(jobs(items.count)), \(skipped.count) skipped. Dry run: nothing was sent.")
    } else {
      lines += items.compactMap { item in item.id.map { "\(item.planned.name): sent as Slurm job \($0)\(after(item))" } }
      lines.append("\(jobs(items.count)) sent, \(skipped.count) skipped.")
    }
    return lines
  }

  var document: SubmissionDocument {
    SubmissionDocument(
      dryRun: isDry,
      jobs: items.map { item in
        SubmissionDocument.Job(
          stage: item.planned.name, plan: item.planned.decision.rawValue, why: item.planned.reason, after: item.waits, script: item.script,
          job: item.id?.number, cluster: item.id?.cluster)
      },
      skipped: skipped.map { skipped in
        SubmissionDocument.Skipped(
          stage: skipped.stage, job: skipped.job.id.number, cluster: skipped.job.id.cluster, state: skipped.job.state)
      })
  }

  private func after(_ item: Item) -> String { item.waits.isEmpty ? "" : ", after \(item.waits.joined(separator: ", "))" }

  private func jobs(_ count: Int) -> String { count == 1 ? "1 job" : "\(count) jobs" }
}
