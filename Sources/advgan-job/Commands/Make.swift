import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job make`.
struct Make: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make targets that are missing or out of date.",
    discussion: """
      A target is a name under 'targets' in the job file, a stage, or the name of a matrix. The default is 'all'.
      Exit status: 0 done; 1 stale (-q); 2 a stage failed; 9 locked by another run; 64 wrong usage; 65 bad job file; 66 missing input; \
      75 stopped at a checkpoint, run again; 130 and 143 stopped by SIGINT and SIGTERM, 129 by SIGHUP.
      """)

  @OptionGroup var jobOptions: JobOptions
  @OptionGroup var targets: TargetOptions
  @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Only print what would be done, and why.") var isDry = false
  @Flag(help: "With -n: print JSON.") var json = false
  @Flag(name: [.customShort("k"), .customLong("keep-going")], help: "After a failure, continue with the stages that do not depend on it.")
  var keepsGoing = false
  @Option(name: [.customShort("j", allowingJoined: true), .customLong("jobs")], help: "How many stages to run at once.") var jobs = 1
  @Flag(name: [.customShort("q"), .customLong("question")], help: "Print nothing; exit with status 1 if something is stale.")
  var isQuestion = false
  @Flag(name: [.customShort("t"), .customLong("touch")], help: "Mark existing artifacts as up to date without remaking them.")
  var touches = false
  @Flag(name: [.customShort("s"), .customLong("silent")], help: "Print nothing unless a stage is made or fails.") var isSilent = false
  @OptionGroup var running: RunningOptions

  func validate() throws {
    guard jobs >= 1 else { throw ValidationError("-j must be at least 1, but is \(jobs)") }
    guard !json || isDry else { throw ValidationError("--json goes with -n (--dry-run)") }
    let hasOptions = isDry || isQuestion || targets.isForced || !targets.new.isEmpty
    guard !touches || !hasOptions else { throw ValidationError("-t makes no sense with -n, -q, -B or -W") }
  }

  func run(with kernels: KernelChoice) throws {
    try jobOptions.enter()
    // Looking may be broken off at any point, as any program may.
    let stop = isDry || isQuestion || touches ? StopFlag() : StopFlag(followingSignals: ())
    let job = try jobOptions.job(Stages.registry, on: LocalDisk())
    let warning = Surroundings.warning(for: kernels, threads: running.threads)
    let status = try perform(job, on: LocalDisk(), kernels: kernels, warning: warning, stop: stop, terminal: .standard)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Parameter warning: see ``RunPrinter``.
  /// - Returns: the exit status.
  func perform(
    _ job: Job, on disk: any Disk, kernels: KernelChoice, warning: String? = nil, stop: StopFlag, terminal: Terminal
  ) throws -> Int32 {
    let request = try job.request(targets.options)
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time, reading: terminal.tellReading(until: stop))
    if isDry || isQuestion { return try look(job, request, store, terminal) }
    if touches { return try touch(job, request, store, terminal) }
    let options = Runner.Options(
      jobs: jobs, threads: running.threadCount, arithmetic: Surroundings.arithmetic(kernels), keepsGoing: keepsGoing, ifBusy: running.ifBusy)
    let printer = RunPrinter(terminal, isSilent: isSilent, warning: warning)
    let result = try Runner(job, store, Surroundings.circumstances(), options, stop: stop, observer: printer).run(request)
    if result.didNothing, !isSilent { terminal.print(targets.nothingToDo) }
    if keepsGoing, !result.failures.isEmpty { try complainOfGivenUp(job, request, store, failed: result.failures.map(\.stage), terminal) }
    if let reason = result.stopped { terminal.complain("advgan-job: stopped by \(reason.name)\(targets.isForced ? Make.forcedAdvice : "")") }
    return result.exitStatus
  }

  /// Under `-k`: names the stages that were not made because something they need failed.
  private func complainOfGivenUp(_ job: Job, _ request: Request, _ store: Store, failed: [String], _ terminal: Terminal) throws {
    let plan = try store.plan(request, of: job)
    let waiting = plan.stages.filter { stage in
      stage.decision != .upToDate && !failed.contains(stage.name) && !job.graph.closure(of: [stage.name]).filter(failed.contains).isEmpty
    }
    if !waiting.isEmpty {
      terminal.complain("advgan-job: not made, for want of what failed or is busy: \(waiting.map(\.name).joined(separator: ", "))")
    }
  }

  /// `-n` and `-q`: plans as a run would, and writes nothing.
  private func look(_ job: Job, _ request: Request, _ store: Store, _ terminal: Terminal) throws -> Int32 {
    let plan = try store.plan(request, of: job)
    if isQuestion { return plan.isUpToDate ? ExitStatus.success : ExitStatus.stale }
    let printer = PlanPrinter(job, store.layout, terminal)
    if json {
      printer.printJSON(plan)
    } else if !plan.isUpToDate {
      printer.print(plan)
    } else if !isSilent {
      terminal.print(targets.nothingToDo)
    }
    return printer.complainOfMissing(plan) ? ExitStatus.missingInput : ExitStatus.success
  }

  /// `-t`.
  private func touch(_ job: Job, _ request: Request, _ store: Store, _ terminal: Terminal) throws -> Int32 {
    let result = try Touch(job, store, Surroundings.circumstances()).run(request)
    if !isSilent { result.touched.forEach { terminal.print("\($0): touched, counts as up to date though it was not made again") } }
    for (_, sentence) in result.refused.sorted(by: { $0.key < $1.key }) { terminal.complain("advgan-job: \(sentence)") }
    if result.touched.isEmpty, result.refused.isEmpty, !isSilent { terminal.print(targets.nothingToDo) }
    return result.refused.isEmpty ? ExitStatus.success : ExitStatus.failure
  }

  private static let forcedAdvice = "; -B begins anew: leave it out to go on from there"
}
