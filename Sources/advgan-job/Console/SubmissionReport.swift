import Jobs

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

  var json: String {
    let sent = items.map { item in
      JSON.object(
        SubmissionReport.json(item.id).merging([
          "stage": .string(item.planned.name), "plan": .string(item.planned.decision.rawValue), "why": .string(item.planned.reason),
          "after": .array(item.waits.map(JSON.string)), "script": .string(item.script),
        ]) { $1 })
    }
    let skipped = skipped.map { skipped in
      JSON.object(SubmissionReport.json(skipped.job.id).merging(["stage": .string(skipped.stage), "state": .string(skipped.job.state)]) { $1 })
    }
    return Document.text("submit", ["dry_run": .bool(isDry), "jobs": .array(sent), "skipped": .array(skipped)])
  }

  private static func json(_ id: SlurmJobID?) -> [String: JSON] {
    var members: [String: JSON] = [:]
    members["job"] = id.map { .integer($0.number) }
    members["cluster"] = id?.cluster.map(JSON.string)
    return members
  }

  private func after(_ item: Item) -> String { item.waits.isEmpty ? "" : ", after \(item.waits.joined(separator: ", "))" }

  private func jobs(_ count: Int) -> String { count == 1 ? "1 job" : "\(count) jobs" }
}
