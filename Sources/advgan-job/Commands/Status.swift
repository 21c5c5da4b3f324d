import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job status`.
struct Status: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what is fresh, what is stale and why, and what is running.",
    discussion:
      "Takes no lock and writes nothing: run it at any time, from anywhere. With --check, the exit status is 1 if something is stale."
  )

  @OptionGroup var jobOptions: JobOptions
  @Argument(help: "Targets to show (default: 'all').", completion: TargetCompletion.kind) var targets: [String] = []
  @Flag(help: "Exit with status 1 if something is stale.") var check = false
  @Flag(help: "Print JSON.") var json = false

  func run(with _: KernelChoice) throws {
    try jobOptions.enter()
    let job = try jobOptions.job(Stages.registry, on: LocalDisk())
    let status = try perform(job, on: LocalDisk(), Surroundings.slurm(), terminal: .standard)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Returns: the exit status.
  func perform(_ job: Job, on disk: any Disk, _ slurm: any SlurmClient, terminal: Terminal) throws -> Int32 {
    let stages = try job.stages(for: targets)
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time, reading: terminal.tellReading)
    let plan = try store.plan(Request(stages), of: job)
    let statuses = try store.status(of: plan, seenFrom: Surroundings.host())
    // Where the artifact is there, what became of the job means nothing any more, and nobody has to be asked.
    let hints = store.slurmHints(of: statuses.filter { $0.word != "fresh" }.map(\.planned.name), slurm, within: 2)
    if json {
      terminal.print(
        Document.text(
          "status",
          [
            "job_file": .string(job.file.string), "artifacts": .string(job.artifacts.string), "up_to_date": .bool(plan.isUpToDate),
            "stages": .array(statuses.map { Status.json($0, hints[$0.planned.name]) }),
          ]))
    } else {
      Status.lines(statuses, hints).map(Printable.text).forEach(terminal.print)
    }
    return check && !plan.isUpToDate ? ExitStatus.stale : ExitStatus.success
  }

  /// Who runs what, then a line a stage.
  static func lines(_ statuses: [StageStatus], _ hints: [String: SlurmHint]) -> [String] {
    var lines: [String] = []
    for status in statuses {
      guard let owner = status.owner else { continue }
      let job = owner.holder.slurmJob.map { ", Slurm job \($0)" } ?? ""
      let sign = status.lastSign.map { ", by its own account; last sign of life \(Clock.minute($0))" } ?? ""
      let line = "Running since \(Clock.minute(owner.since)) on \(owner.holder.host), pid \(owner.holder.pid)\(job)\(sign)"
      if !lines.contains(line) { lines.append(line) }
    }
    return lines + Table.lines([["STAGE", "STATE", "SIZE", "DETAIL"]] + statuses.map { row($0, hints[$0.planned.name]) })
  }

  private static func json(_ status: StageStatus, _ hint: SlurmHint?) -> JSON {
    guard case .object(var members) = status.json else { return status.json }
    members["slurm"] = hint?.json
    return .object(members)
  }

  private static func row(_ status: StageStatus, _ hint: SlurmHint?) -> [String] {
    var detail = status.planned.reason
    if status.isRunning {
      let silence = status.progress.map { Surroundings.time() - $0.now } ?? 0
      detail = status.progress.map(RunPrinter.words) ?? "has not said how far it is"
      if silence > 60 { detail += "; said \(Clock.span(silence)) ago" }
    }
    if status.word == "fresh", let run = status.record?.run { detail = "made \(Clock.minute(run.finished)) in \(Clock.span(run.seconds))" }
    if status.word == "fresh", status.record?.accepted != nil, status.planned.reason != "up to date" { detail += "; \(status.planned.reason)" }
    if let words = hint?.words { detail += "; \(words)" }
    return [status.planned.name, status.word, status.size.map(Table.size) ?? "-", detail]
  }
}
