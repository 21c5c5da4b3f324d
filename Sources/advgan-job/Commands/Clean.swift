import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job clean`.
struct Clean: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Remove artifacts with their records, logs and checkpoints.",
    discussion: """
      A target means the stages that it names, not the stages that they need. Asks before it removes anything; without a terminal it needs \
      --yes. Refuses, with exit status 9, while one of the stages runs.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Argument(help: "Targets, stages or matrices (default: every stage of the job file).", completion: TargetCompletion.kind)
  var targets: [String] = []
  @Flag(help: "Do not ask.") var yes = false
  @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Only print what would be removed.") var isDry = false
  @Flag(help: "Print JSON.") var json = false

  func run(with _: KernelChoice) throws {
    try jobOptions.enter()
    let job = try jobOptions.job(Stages.registry, on: LocalDisk())
    let status = try perform(job, on: LocalDisk(), terminal: .standard, ask: Surroundings.question())
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Parameter ask: puts a question to a person; nil where nobody could answer.
  /// - Returns: the exit status.
  func perform(_ job: Job, on disk: any Disk, terminal: Terminal, ask: ((String) -> Bool)?) throws -> Int32 {
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time)
    let stages = targets.isEmpty ? job.stages.map(\.name) : try job.stages(for: targets)
    let removal = try store.everything(of: stages, in: job, seenFrom: Surroundings.host())
    if isDry || removal.remains.isEmpty {
      return RemovalReport(dry: removal).tell("clean", json: json, terminal) ? ExitStatus.success : ExitStatus.failure
    }
    guard try yes || RemovalReport.isAgreed(to: removal, json ? nil : ask, terminal) else { return ExitStatus.success }
    return try sweep(removal, store, terminal)
  }

  private func sweep(_ removal: Removal, _ store: Store, _ terminal: Terminal) throws -> Int32 {
    let sweep = try Sweep(removal, from: store, by: Surroundings.circumstances())
    let isWhole = RemovalReport(sweep, of: removal).tell("clean", json: json, terminal)
    try store.removeEmptyFolders()
    if !sweep.busy.isEmpty { return ExitStatus.busy }
    return isWhole ? ExitStatus.success : ExitStatus.failure
  }
}
