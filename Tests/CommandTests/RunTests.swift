import Glibc
import IO
import NN
import Testing

@testable import Jobs
@testable import advgan_job
@testable import jobs_fixture

/// `run`: one stage, as a Slurm job makes it.
@Suite struct RunTests {
  let sandbox: Sandbox
  let slurm = FakeSlurm()
  static let walk = "w: {run: walk, with: {steps: 6}}"
  init() throws { sandbox = try Sandbox() }

  /// - Parameter reason: why the stage is stopped as soon as it has begun; nil lets it be.
  func run(
    _ arguments: [String], _ job: Job? = nil, stoppedBy reason: StopReason? = nil, slurmJob: String? = nil,
    watch: @escaping @Sendable (String) -> Void = { _ in }
  ) throws -> (status: Int32, paper: Paper) {
    let paper = Paper()
    let stop = StopFlag()
    let inner = paper.terminal()
    let terminal = Terminal(isLive: false) { stream, line in
      let line = String(line.dropLast())
      if stream == .output { inner.print(line) } else { inner.complain(line) }
      watch(line)
      if let reason, line.hasPrefix("[1/1]") { stop.raise(reason) }
    }
    let command = try #require(try AdvGANJob.parseAsRoot(["run"] + arguments) as? Run)
    let status = try command.perform(
      job ?? sandbox.job(), on: LocalDisk(), kernels: .best, stop: stop, slurm, slurmJob: slurmJob, terminal: terminal)
    return (status, paper)
  }

  @Test func makesOneStageWhoseInputsAreUpToDate() throws {
    _ = try sandbox.make(["text"])
    let (status, paper) = try run(["a"])
    #expect(status == 0 && paper.output.hasPrefix("[1/1] a: run, no artifact yet\na: done in "))
    #expect(try run(["a"]).paper.output == "Nothing to be done for 'a'.\n")
    #expect(try run(["a", "-s"]).paper.output == "")
    #expect(try LocalDisk().status(sandbox.folder.appending("artifacts/both.tar")) == nil)
  }

  @Test func doesNotMakeItsInputsButNamesTheFirstThatIsNotUpToDate() throws {
    func sentence(_ arguments: [String], _ job: Job? = nil) -> String? {
      do {
        _ = try run(arguments, job)
        return nil
      } catch {
        #expect(Complaint.status(of: error) == 2)
        return Complaint.sentence(for: error)
      }
    }
    #expect(
      sentence(["both"])
        == "advgan-job: stage 'both' was not run: it is made from 'text', which is not up to date (no artifact yet); make that first")
    _ = try sandbox.make()
    let changed = try sandbox.job(Sandbox.stages.replacing("letter: a", with: "letter: b"))
    #expect(
      sentence(["both"], changed)
        == "advgan-job: stage 'both' was not run: it is made from 'a', which is not up to date (params changed: letter a -> b); "
        + "make that first")
    // An input that is missing and not needed, because the stage is up to date, is no obstacle.
    try LocalDisk().remove(sandbox.folder.appending("artifacts/a.tar"))
    #expect(try run(["both"]).paper.output == "Nothing to be done for 'both'.\n")
  }

  @Test func waitsForAnotherRunThatHoldsTheStage() throws {
    let job = try sandbox.job("w: {run: walk}")
    try LocalDisk().makeDirectories(sandbox.folder.appending("artifacts/.advgan/locks"))
    let lock = try FileDescriptor.open(
      sandbox.folder.appending("artifacts/.advgan/locks/w.lock"), .readWrite, options: [.create], permissions: .ownerReadWrite)
    #expect(flock(lock.rawValue, LOCK_EX) == 0)
    let (status, paper) = try run(["w"], job) { line in
      if line.hasSuffix("; waiting for it to end") { try? lock.close() }
    }
    #expect(status == 0 && paper.output.contains("stage 'w' is locked by another run; waiting for it to end\nw: done in "))
  }

  @Test func takesOneStage() throws {
    let job = try sandbox.job("w: {run: walk, matrix: {steps: [1, 2]}, with: {steps: \"${steps}\"}}")
    #expect { try run(["w"], job) } throws: {
      AdvGANJob.message(for: $0).contains("'w' stands for 2 stages; name one of w@steps=1, w@steps=2")
        && AdvGANJob.exitCode(for: $0).rawValue == 64
    }
    #expect(try run(["w@steps=2"], job).status == 0)
  }

  @Test func nearTheTimeLimitItsJobGoesBackIntoTheQueueAndGoesOnLater() throws {
    let job = try sandbox.job(Self.walk)
    let (status, paper) = try run(["w", "--requeue"], job, stoppedBy: .user1, slurmJob: "12")
    #expect(status == 75 && slurm.calls == ["requeue 12"] && paper.error == "advgan-job: stopped by SIGUSR1\n")
    #expect(paper.output.hasSuffix("\nSlurm job 12 goes back into the queue\n"))
    #expect(try run(["w", "--requeue"], job, slurmJob: "12").paper.output.hasPrefix("[1/1] w: resume, interrupted at step 1 of 6 "))
    #expect(slurm.calls == ["requeue 12"])
  }

  @Test(arguments: [StopReason.terminate, .user2, .hangUp])
  func onAnyOtherSignalSlurmDecides(reason: StopReason) throws {
    #expect(try run(["w", "--requeue"], sandbox.job(Self.walk), stoppedBy: reason, slurmJob: "12").status == 75 && slurm.calls == [])
  }

  @Test func onlyWhereItIsAskedToAndInAJobDoesItPutTheJobBack() throws {
    #expect(try run(["w"], sandbox.job(Self.walk), stoppedBy: .user1, slurmJob: "12").status == 75)
    #expect(try run(["w", "--requeue"], sandbox.job(Self.walk), stoppedBy: .user1).status == 75)
    #expect(slurm.calls == [])
  }

  @Test func withoutACheckpointTheSameLimitWouldStopItForEver() throws {
    let (status, paper) = try run(
      ["t", "--requeue"], sandbox.job("t: {run: trouble, with: {kind: stops}}"), stoppedBy: .user1, slurmJob: "12")
    #expect(status == 75 && slurm.calls == [])
    #expect(
      paper.error == """
        advgan-job: stopped by SIGUSR1
        advgan-job: Slurm job 12 was not put back into the queue: it came no further, and would meet the same limit again; \
        give it more 'time' and submit again

        """)
  }

  @Test func aJobThatCannotGoBackIsToldAndStillAsksToTryAgain() throws {
    slurm.refuse("requeue", "scontrol requeue failed (exit status 1): Job is disabled")
    let (status, paper) = try run(["w", "--requeue"], sandbox.job(Self.walk), stoppedBy: .user1, slurmJob: "12")
    #expect(status == 75)
    #expect(
      paper.error.hasSuffix(
        "advgan-job: Slurm job 12 could not be put back into the queue: scontrol requeue failed (exit status 1): Job is disabled; submit again\n"
      ))
  }

  @Test func ofAnArrayOneJobIsMeantNotAll() {
    #expect(Surroundings.slurmJob(["SLURM_JOB_ID": "14", "SLURM_ARRAY_JOB_ID": "12", "SLURM_ARRAY_TASK_ID": "3"]) == "12_3")
    #expect(Surroundings.slurmJob(["SLURM_JOB_ID": "14"]) == "14" && Surroundings.slurmJob([:]) == nil)
  }

  @Test func aJobStartsThisProgramFromThisFolder() throws {
    let launch = try Surroundings.launch(of: "jobs/x.yaml")
    #expect(launch.program.isAbsolute && launch.directory.isAbsolute && launch.jobFile == "jobs/x.yaml")
    #expect(try LocalDisk().status(launch.program)?.kind == .file)
  }
}
