import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job run`.
struct Run: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Make one stage from inputs that are up to date. Slurm jobs of 'submit' run this.",
    discussion: """
      Does not make the stage's inputs: if one is not up to date, prints which and why, and exits with status 2, so that Slurm cancels the \
      jobs that wait for it. Waits while another run makes the stage. Other exit statuses are those of 'make'.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Argument(help: "The stage.", completion: TargetCompletion.kind) var stage: String
  @Flag(name: [.customShort("s"), .customLong("silent")], help: "Print nothing unless the stage is made or fails.") var isSilent = false
  @Option(help: "Threads (default: as many as Slurm gave the job, else all processors).") var threads: Int?
  @Flag(help: "In a Slurm job: when SIGUSR1 stopped the stage at a checkpoint, put the job back into the queue.") var requeue = false

  func validate() throws { try Surroundings.check(threads: threads) }

  func run(with kernels: KernelChoice) throws {
    try jobOptions.enter()
    let stop = StopFlag(followingSignals: ())
    let job = try jobOptions.job(Stages.registry, on: LocalDisk())
    let status = try perform(
      job, on: LocalDisk(), kernels: kernels, warning: Surroundings.warning(for: kernels, threads: threads), stop: stop, Surroundings.slurm(),
      slurmJob: Surroundings.slurmJob(), terminal: .standard)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Parameters:
  ///   - warning: see ``RunPrinter``.
  ///   - slurmJob: the job that this process runs in, as `scontrol` names it; nil outside Slurm.
  /// - Returns: the exit status.
  func perform(
    _ job: Job, on disk: any Disk, kernels: KernelChoice, warning: String? = nil, stop: StopFlag, _ slurm: any SlurmClient,
    slurmJob: String?, terminal: Terminal
  ) throws -> Int32 {
    let stage = try job.oneStage(stage).name
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time, reading: terminal.tellReading(until: stop))
    let options = Runner.Options(
      threads: threads ?? Surroundings.threads(), arithmetic: Surroundings.arithmetic(kernels), ifBusy: .wait(seconds: nil))
    let runner = Runner(
      job, store, Surroundings.circumstances(), options, stop: stop, observer: RunPrinter(terminal, isSilent: isSilent, warning: warning))
    do {
      try checkInputs(of: stage, store.plan(Request([stage]), of: job))
    } catch is Stopped {
      // While an external file was read for its digest. The runner finds the flag raised, and says so.
    }
    let result = try runner.run(Request([stage], isAlone: true))
    if result.didNothing, !isSilent { terminal.print(PlanPrinter.nothingToDo(for: [stage])) }
    if let reason = result.stopped { terminal.complain("advgan-job: stopped by \(reason.name)") }
    if requeue, result.stopped == .user1, let slurmJob { putBack(slurmJob, result, slurm, terminal) }
    return result.exitStatus
  }

  /// A job that Slurm started after another may find that one's artifact missing: to Slurm, a job that it has forgotten went well.
  private func checkInputs(of stage: String, _ plan: Plan) throws(StageError) {
    guard let input = plan.stages.first(where: { $0.name != stage && $0.decision != .upToDate }) else { return }
    throw StageError(
      "stage '\(stage)' was not run: it is made from '\(input.name)', which is not up to date (\(input.reason)); make that first")
  }

  /// The time limit is near: the job shall go on later. Without a checkpoint it would begin anew, and meet the same limit.
  private func putBack(_ slurmJob: String, _ result: RunResult, _ slurm: any SlurmClient, _ terminal: Terminal) {
    guard result.gotFurther else {
      return terminal.complain(
        "advgan-job: Slurm job \(slurmJob) was not put back into the queue: it came no further, and would meet the same limit again; "
          + "give it more 'time' and submit again")
    }
    do throws(SlurmError) {
      if !isSilent { terminal.print("Slurm job \(slurmJob) goes back into the queue") }
      try slurm.requeue(slurmJob)
    } catch {
      terminal.complain("advgan-job: Slurm job \(slurmJob) could not be put back into the queue: \(error); submit again")
    }
  }
}
