import IO
import Jobs

/// `make -n --json`.
struct PlanDocument: Codable {
  struct Stage: Codable {
    let stage: String, plan: String, why: String, missing: [String], unreadable: String?, lacking: [String]
  }

  let jobFile: String, artifacts: String, upToDate: Bool
  let stages: [Stage]
}

/// Shows a plan that nobody carries out.
struct PlanPrinter {
  private let job: Job
  private let layout: StoreLayout
  private let terminal: Terminal

  init(_ job: Job, _ layout: StoreLayout, _ terminal: Terminal) { (self.job, self.layout, self.terminal) = (job, layout, terminal) }

  /// What to say when everything is up to date: `Nothing to be done for 'all'.`
  static func nothingToDo(for targets: [String]) -> String {
    let names = targets.isEmpty ? [Job.defaultTarget] : targets
    return "Nothing to be done for \(names.map { "'\($0)'" }.joined(separator: ", "))."
  }

  /// A line a stage, then the sum.
  func print(_ plan: Plan) {
    let rows = plan.stages.map { [$0.name, $0.decision.words, $0.reason == $0.decision.words ? "" : $0.reason] }
    Table.lines([["STAGE", "PLAN", "WHY"]] + rows).forEach(terminal.print)
    terminal.print("\(plan.summary). Dry run: nothing was written.")
  }

  func printJSON(_ plan: Plan) {
    let stages = plan.stages.map {
      PlanDocument.Stage(stage: $0.name, plan: $0.decision.rawValue, why: $0.reason, missing: $0.missing, unreadable: $0.unreadable, lacking: $0.lacking)
    }
    let document = PlanDocument(jobFile: job.file.string, artifacts: job.artifacts.string, upToDate: plan.isUpToDate, stages: stages)
    terminal.print(Document.text("make", document))
  }

  /// Names what is not there, or cannot be read, and without which the plan cannot be carried out.
  /// - Returns: whether there is any.
  func complainOfMissing(_ plan: Plan) -> Bool {
    for stage in plan.stages {
      for name in stage.missing {
        let path = job.stage(stage.name)?.stage.externalInputs[name]?.path ?? ""
        terminal.complain("advgan-job: stage '\(stage.name)' would fail: its input '\(name)' is missing: there is nothing at \(path)")
      }
      if let unreadable = stage.unreadable { terminal.complain("advgan-job: stage '\(stage.name)' would fail: \(unreadable)") }
      for name in stage.lacking {
        terminal.complain(
          "advgan-job: stage '\(stage.name)' would fail: its input stage '\(name)' has no artifact at \(layout.artifact(name))")
      }
    }
    return plan.stages.contains { !$0.missing.isEmpty || $0.unreadable != nil || !$0.lacking.isEmpty }
  }
}
