import ArgumentParser
import IO
import Jobs

/// `advgan-job submit`. It computes nothing, and the environment goes on to the jobs: no `ProgramCommand`, whose choices of kernels and of
/// OpenBLAS's code fit the processor here, not that of the jobs.
struct Submit: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Submit a Slurm job for each stage that is missing or out of date, and exit.",
    discussion: """
      Plans as 'make' does. Each job waits for the jobs that make its inputs. Skips stages whose jobs are already queued or running.
      Exit status: 0 submitted, or nothing to do; 2 Slurm refused, and nothing stays queued; 9 another submit is running; 64 wrong usage; \
      65 bad job file; 66 missing input.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Argument(help: "What to make (default: 'all').", completion: TargetCompletion.kind) var targets: [String] = []
  @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Only print the batch scripts. Needs no Slurm.") var isDry = false
  @Flag(help: "Print JSON.") var json = false

  func run() throws {
    try jobOptions.enter()
    let job = try jobOptions.job(Stages.registry, on: LocalDisk())
    // A signal does not end it between sending a job and noting that it was sent.
    let stop = isDry ? StopFlag() : StopFlag(followingSignals: ())
    let status = try perform(
      job, on: LocalDisk(), Surroundings.slurm(), try Surroundings.launch(of: job.file), by: Surroundings.sender(), stop: stop, terminal: .standard)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Returns: the exit status.
  func perform(
    _ job: Job, on disk: any Disk, _ slurm: any SlurmClient, _ launch: Launch, by: String, stop: StopFlag = StopFlag(), terminal: Terminal
  ) throws -> Int32 {
    let stages = try job.stages(for: targets)
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time, reading: terminal.tellReading)
    let submitter = Submitter(job, store, slurm, launch, by: by, stop: stop)
    // Neither a lock nor Slurm is needed to see that there is nothing to do.
    let plan = try submitter.plan(stages)
    let printer = PlanPrinter(job, store.layout, terminal)
    if printer.complainOfMissing(plan) { return ExitStatus.missingInput }
    let report: SubmissionReport
    if plan.isUpToDate {
      report = SubmissionReport(plan, isDry: isDry)
    } else if isDry {
      report = try look(submitter, stages, terminal)
    } else {
      let (submission, sent): (Submission, [Submitter.Sent])
      do {
        (submission, sent) = try submitter.send(stages)
      } catch let error as SlurmError {
        guard let reason = stop.reason else { throw error }
        terminal.complain("advgan-job: \(error)")
        return 128 + reason.signal
      }
      if printer.complainOfMissing(submission.plan) { return ExitStatus.missingInput }
      report = SubmissionReport(submission, sent: sent)
    }
    if json { terminal.print(Document.text("submit", report.document)) } else { report.lines(targets).forEach(terminal.print) }
    return ExitStatus.success
  }

  /// Where Slurm does not answer, a dry run still shows the scripts.
  private func look(_ submitter: Submitter, _ stages: [String], _ terminal: Terminal) throws -> SubmissionReport {
    let submission: Submission
    do {
      submission = try submitter.submission(stages)
    } catch let error as SlurmError {
      terminal.complain("advgan-job: \(error); this is what would be sent if nothing were queued")
      submission = try submitter.submissionWithoutSlurm(stages)
    }
    return try SubmissionReport(submission) { try submitter.script(of: $0, in: submission) }
  }
}
