import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job status`.
struct Status: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Show what is fresh, what is stale and why, and what is running.",
    discussion:
      "Takes no lock and writes nothing: run it at any time, from anywhere. With --check, the exit status is 1 if something is stale.")

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
      let document = StatusDocument(
        jobFile: job.file.string, artifacts: job.artifacts.string, upToDate: plan.isUpToDate,
        stages: statuses.map { StatusDocument.Stage($0, hints[$0.planned.name]) })
      terminal.print(Document.text("status", document))
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

/// `status --json`.
struct StatusDocument: Codable {
  struct Stage: Codable {
    let stage: String, state: String, plan: String, why: String
    let bytes: Int?, sha256: String?, seconds: Double?
    let progress: Progress?
    let owner: Owner?
    let slurm: SlurmDocument?
  }

  struct Progress: Codable {
    let done: Int, total: Int, unit: String, note: String
    @OrNull var secondsLeft: Double?
  }

  struct Owner: Codable {
    let host: String, pid: Int, user: String, since: Double
    @OrNull var lastSign: Double?
    @OrNull var slurmJob: String?
  }

  let jobFile: String, artifacts: String, upToDate: Bool
  let stages: [Stage]
}

extension StatusDocument.Stage {
  init(_ status: StageStatus, _ hint: SlurmHint?) {
    (stage, state, plan, why) = (status.planned.name, status.word, status.planned.decision.rawValue, status.planned.reason)
    (bytes, sha256) = (status.size, status.size.flatMap { _ in status.record?.digest.hex })
    seconds = status.record?.run?.seconds
    progress = status.progress.flatMap { progress in
      guard status.isRunning else { return nil }
      return StatusDocument.Progress(
        done: progress.done, total: progress.total, unit: progress.unit, note: progress.note, secondsLeft: progress.secondsLeft)
    }
    owner = status.owner.flatMap { owner in
      guard status.isRunning else { return nil }
      return StatusDocument.Owner(
        host: owner.holder.host, pid: owner.holder.pid, user: owner.holder.user, since: owner.since, lastSign: status.lastSign,
        slurmJob: owner.holder.slurmJob)
    }
    slurm = hint.map { SlurmDocument($0) }
  }
}

/// What Slurm says of a job, in several documents.
struct SlurmDocument: Codable {
  let job: Int, cluster: String?
  /// Nil where Slurm did not answer.
  @OrNull var state: String?
  let reason: String?, nodes: String?

  init(_ hint: SlurmHint) {
    switch hint {
    case .known(let known):
      (job, cluster, reason, nodes) = (known.id.number, known.id.cluster, known.reason, known.node)
      state = known.state
    case .unknown(let id):
      (job, cluster, reason, nodes) = (id.number, id.cluster, nil, nil)
      state = nil
    }
  }
}
