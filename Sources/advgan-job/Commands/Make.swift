import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job make`.
struct Make: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make targets that are missing or out of date.",
    discussion: """
      A target is a name under 'targets' in the job file, a stage, or the name of a matrix; without one, 'all'.
      Exit status: 0 done; 1 stale (-q); 2 a stage failed; 9 locked by another run; 64 wrong usage; 65 bad job file; 66 missing input; \
      75 stopped at a checkpoint, run again; 130 and 143 stopped by SIGINT and SIGTERM.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Argument(help: "What to make.", completion: TargetCompletion.kind) var targets: [String] = []
  @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Only print what would be done, and why.") var isDry = false
  @Flag(name: [.customShort("k"), .customLong("keep-going")], help: "After a failure, go on with what does not depend on it.")
  var keepsGoing = false
  @Flag(name: [.customShort("B"), .customLong("always-make")], help: "Run everything, whatever is there, from the beginning.")
  var isForced = false
  @Option(name: [.customShort("j"), .customLong("jobs")], help: "How many stages may run at once.") var jobs = 1
  @Flag(name: [.customShort("q"), .customLong("question")], help: "Do nothing, print nothing; exit status 1 if something is stale.")
  var isQuestion = false
  @Flag(name: [.customShort("s"), .customLong("silent")], help: "Print nothing unless a stage was made or failed.") var isSilent = false
  @Option(help: "Threads to share among the stages (default: SLURM_CPUS_PER_TASK, else all processors).") var threads: Int?

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("-j must be at least 1, but is \(jobs)") }
    try Surroundings.check(threads: threads)
  }

  func run(with kernels: KernelChoice) throws {
    try jobOptions.enter()
    // Looking may be broken off at any point, as any program may.
    let stop = isDry || isQuestion ? StopFlag() : StopFlag(followingSignals: ())
    let job = try jobOptions.job(Stages.registry, on: LocalDisk())
    let status = try perform(job, on: LocalDisk(), kernels: kernels, stop: stop, terminal: .standard)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Returns: the exit status.
  func perform(_ job: Job, on disk: any Disk, kernels: KernelChoice, stop: StopFlag, terminal: Terminal) throws -> Int32 {
    let stages = try job.stages(for: targets)
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time)
    if isDry || isQuestion { return try look(job, stages, store, terminal) }
    let options = Runner.Options(
      jobs: jobs, threads: threads ?? Surroundings.threads(), kernels: kernels.key, keepsGoing: keepsGoing, isForced: isForced)
    let printer = RunPrinter(terminal, isSilent: isSilent)
    let result = try Runner(job, store, Surroundings.circumstances(), options, stop: stop, observer: printer).run(stages)
    if result.didNothing, !isSilent { terminal.print(nothingToDo) }
    if keepsGoing, !result.failures.isEmpty { try complainOfGivenUp(job, stages, store, failed: result.failures.map(\.stage), terminal) }
    if let reason = result.stopped { terminal.complain("advgan-job: stopped by \(reason.name)") }
    return result.exitStatus
  }

  /// Under `-k`: names the stages that were not made because something they need failed.
  private func complainOfGivenUp(_ job: Job, _ stages: [String], _ store: Store, failed: [String], _ terminal: Terminal) throws {
    let plan = try Planner(job).plan(stages, store.listing(of: job.stages(of: stages)))
    let waiting = plan.stages.filter { stage in
      stage.decision != .keep && !failed.contains(stage.name) && !job.graph.closure(of: [stage.name]).filter(failed.contains).isEmpty
    }
    if !waiting.isEmpty {
      terminal.complain("advgan-job: not made, for want of what failed: \(waiting.map(\.name).joined(separator: ", "))")
    }
  }

  /// `-n` and `-q`: plans as a run would, and writes nothing.
  private func look(_ job: Job, _ stages: [String], _ store: Store, _ terminal: Terminal) throws -> Int32 {
    let listing = try store.listing(of: job.stages(of: stages))
    let forced = isForced ? Set(job.graph.closure(of: stages)) : []
    let plan = Planner(job).plan(stages, listing, forced: forced)
    if isQuestion { return plan.isUpToDate ? ExitStatus.success : ExitStatus.stale }
    if plan.isUpToDate {
      if !isSilent { terminal.print(nothingToDo) }
      return ExitStatus.success
    }
    let rows = plan.stages.map { [$0.name, $0.decision.rawValue, $0.reason] }
    Table.lines([["STAGE", "PLAN", "WHY"]] + rows).forEach(terminal.print)
    terminal.print("\(plan.summary). Dry run: nothing was written.")
    return complain(about: plan, job, terminal) ? ExitStatus.missingInput : ExitStatus.success
  }

  /// Names the input files without which the plan cannot be carried out.
  private func complain(about plan: Plan, _ job: Job, _ terminal: Terminal) -> Bool {
    let missing = plan.stages.flatMap { stage in stage.missing.map { (stage.name, $0) } }
    for (stage, name) in missing {
      let path = job.stage(stage)?.stage.externalInputs[name] ?? ""
      terminal.complain("advgan-job: stage '\(stage)' would fail: its input '\(name)' is missing: there is nothing at \(path)")
    }
    return !missing.isEmpty
  }

  private var nothingToDo: String {
    let names = targets.isEmpty ? [Job.defaultTarget] : targets
    return "Nothing to be done for \(names.map { "'\($0)'" }.joined(separator: ", "))."
  }
}
