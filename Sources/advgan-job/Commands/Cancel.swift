import ArgumentParser
import IO
import Jobs

/// `advgan-job cancel`.
struct Cancel: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Cancel the Slurm jobs of 'submit' that are queued or running.",
    discussion: """
      With targets, cancels the jobs of these stages and of all that is made from them; without, every job of this artifact folder. A \
      running stage saves a checkpoint first, and the next 'submit' or 'make' resumes from it.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Argument(help: "Whose jobs to cancel (default: all).", completion: TargetCompletion.kind) var targets: [String] = []
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    try jobOptions.enter()
    let job = try jobOptions.job(Stages.registry, on: LocalDisk())
    try perform(job, on: LocalDisk(), Surroundings.slurm(), terminal: .standard)
  }

  func perform(_ job: Job, on disk: any Disk, _ slurm: any SlurmClient, terminal: Terminal) throws {
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time)
    let records = try targets.isEmpty ? store.slurmRecords() : store.slurmRecords(of: job.graph.dependents(of: job.stages(for: targets)))
    let jobs = records.isEmpty ? [] : try slurm.jobs(records.map(\.id), within: 30)
    let items = Cancellation(records, jobs, order: job.graph.order).items
    if !items.isEmpty { try slurm.cancel(items.map(\.job.id)) }
    if json {
      let cancelled = items.map { CancellationDocument.Item(stage: $0.stage, slurm: SlurmDocument(.known($0.job))) }
      return terminal.print(Document.text("cancel", CancellationDocument(cancelled: cancelled)))
    }
    for item in items { terminal.print("\(item.stage): cancels Slurm job \(item.job.id), which \(item.job.words)") }
    if items.isEmpty { terminal.print("Nothing is queued or running.") }
  }
}

/// `cancel --json`.
struct CancellationDocument: Codable {
  struct Item: Codable {
    let stage: String, slurm: SlurmDocument
  }

  let cancelled: [Item]
}
