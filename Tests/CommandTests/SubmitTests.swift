import IO
import NN
import Testing

@testable import Jobs
@testable import advgan_job
@testable import jobs_fixture

/// `submit`, `cancel` and what `status` says of Slurm, by a Slurm that only notes what it is asked.
@Suite struct SubmitTests {
  let sandbox: Sandbox
  let slurm = FakeSlurm()
  init() throws { sandbox = try Sandbox() }

  func submit(_ arguments: [String] = [], _ job: Job? = nil) throws -> (status: Int32, paper: Paper) {
    let paper = Paper()
    let command = try #require(try AdvGANJob.parseAsRoot(["submit"] + arguments) as? Submit)
    let launch = Launch(program: "/bin/advgan-job", directory: "/home/me", jobFile: "job.yaml")
    return (
      try command.perform(job ?? sandbox.job(), on: LocalDisk(), slurm, launch, by: "me@here", terminal: paper.terminal()), paper
    )
  }

  func cancel(_ arguments: [String] = []) throws -> String {
    let paper = Paper()
    let command = try #require(try AdvGANJob.parseAsRoot(["cancel"] + arguments) as? Cancel)
    try command.perform(sandbox.job(), on: LocalDisk(), slurm, terminal: paper.terminal())
    return paper.output
  }

  func status(_ arguments: [String] = [], _ job: Job? = nil) throws -> String {
    let paper = Paper()
    let command = try #require(try AdvGANJob.parseAsRoot(["status"] + arguments) as? Status)
    _ = try command.perform(job ?? sandbox.job(), on: LocalDisk(), slurm, terminal: paper.terminal())
    return paper.output
  }

  @Test func submitTellsWhatWasSentAndWhatWasLeft() throws {
    #expect(try submit(["text"]).paper.output == "text: sent as Slurm job 101\n1 job sent, 0 skipped.\n")
    let (status, paper) = try submit()
    #expect(status == 0 && paper.error == "")
    #expect(
      paper.output == """
        text: skipped, Slurm job 101 is queued (Priority)
        a: sent as Slurm job 102, after text
        both: sent as Slurm job 103, after a, text
        2 jobs sent, 1 skipped.

        """)
  }

  @Test func submitWithNothingToDoAsksNobody() throws {
    _ = try sandbox.make()
    let (status, paper) = try submit()
    #expect(status == 0 && paper.output == "Nothing to be done for 'all'.\n" && paper.error == "")
    #expect(try submit(["a", "both"]).paper.output == "Nothing to be done for 'a', 'both'.\n")
    #expect(try LocalDisk().status(sandbox.folder.appending("artifacts/.advgan/slurm")) == nil && slurm.calls == [])
  }

  @Test func submitWithoutItsInputSendsNothing() throws {
    try LocalDisk().remove(sandbox.folder.appending("in.txt"))
    for arguments in [[], ["-n"]] {
      let (status, paper) = try submit(arguments)
      #expect(status == 66 && paper.output == "" && slurm.scripts == [])
      #expect(
        paper.error == "advgan-job: stage 'text' would fail: its input 'file' is missing: there is nothing at \(sandbox.folder)/in.txt\n")
    }
  }

  @Test func aDryRunPrintsTheScriptsAndWritesNothing() throws {
    let (status, paper) = try submit(["-n", "a"])
    #expect(status == 0)
    func script(_ stage: String, _ dependency: String = "") -> String {
      """
      #!/bin/sh
      #SBATCH --job-name=\(stage)
      #SBATCH --chdir=/home/me
      #SBATCH --output=\(sandbox.folder)/artifacts/.advgan/slurm/\(stage).out
      #SBATCH --open-mode=append
      #SBATCH --requeue
      #SBATCH --signal=B:USR1@120
      \(dependency)exec /bin/advgan-job run \(stage) --requeue --file=job.yaml

      """
    }
    #expect(
      paper.output == """
        == text: no artifact yet
        \(script("text"))
        == a: no artifact yet, after text
        \(script("a", "#SBATCH --dependency=afterok:<job of text>\n#SBATCH --kill-on-invalid-dep=yes\n"))
        2 jobs, 0 skipped. Dry run: nothing was sent.

        """)
    #expect(try LocalDisk().status(sandbox.folder.appending("artifacts")) == nil && slurm.scripts == [])
  }

  @Test func aDryRunNeedsNoSlurm() throws {
    _ = try submit(["text"])
    slurm.refuse("squeue", "Slurm's command 'squeue' was not found on the PATH")
    let (status, paper) = try submit(["-n", "text"])
    #expect(status == 0 && paper.output.hasPrefix("== text: no artifact yet\n"))
    #expect(
      paper.error == "advgan-job: Slurm's command 'squeue' was not found on the PATH; this is what would be sent if nothing were queued\n")
  }

  @Test func submitAsJSON() throws {
    _ = try submit(["text"])
    let json = try JSON(parsing: Array(submit(["--json"]).paper.output.utf8))
    #expect(json["document"] == .string("advgan-job submit") && json["format"] == .integer(1) && json["dry_run"] == .bool(false))
    #expect(json["jobs"]?.elements?.map { $0["stage"]?.text } == ["a", "both"])
    #expect(json["jobs"]?.elements?.map { $0["job"]?.whole } == [102, 103])
    #expect(json["jobs"]?.elements?.last?["after"] == .array([.string("a"), .string("text")]))
    #expect(json["jobs"]?.elements?.first?["script"]?.text == slurm.scripts[1])
    #expect(json["skipped"] == .array([.object(["stage": .string("text"), "job": .integer(101), "state": .string("PENDING")])]))
  }

  @Test func whatSlurmRefusesIsAFailureAndBeingTooLateIsBusy() throws {
    #expect(Complaint.status(of: SlurmError("no")) == 2 && Complaint.sentence(for: SlurmError("no")) == "advgan-job: no")
    #expect(Complaint.status(of: SubmitBusy(lock: "x")) == 9)
  }

  @Test func cancelEndsWhatWaitsBeforeWhatItWaitsFor() throws {
    _ = try submit()
    slurm.put(101, "RUNNING", node: "n1")
    #expect(
      try cancel() == """
        both: cancels Slurm job 103, which is queued (Dependency)
        a: cancels Slurm job 102, which is queued (Dependency)
        text: cancels Slurm job 101, which is running on n1

        """)
    #expect(slurm.calls.last == "scancel 103 102 101")
    #expect(try cancel() == "Nothing is queued or running.\n")
  }

  @Test func cancellingAStageCancelsWhatIsMadeFromItAndNoMore() throws {
    _ = try submit()
    let json = try JSON(parsing: Array(cancel(["a", "--json"]).utf8))
    #expect(slurm.calls.last == "scancel 103 102" && json["document"] == .string("advgan-job cancel"))
    #expect(json["cancelled"]?.elements?.map { $0["stage"]?.text } == ["both", "a"])
    #expect(json["cancelled"]?.elements?.last?["slurm"]?["job"] == .integer(102))
  }

  @Test func whereNothingWasSentCancelAsksNobody() throws {
    #expect(try cancel() == "Nothing is queued or running.\n" && slurm.calls == [])
  }

  @Test func statusAddsWhatSlurmSays() throws {
    _ = try submit()
    slurm.put(101, "FAILED")
    slurm.put(102, "RUNNING", node: "n1")
    #expect(
      try status() == """
        STAGE  STATE    SIZE  DETAIL
        text   missing  -     no artifact yet; Slurm job 101 failed
        a      missing  -     no artifact yet; Slurm job 102 is running on n1
        both   missing  -     no artifact yet; Slurm job 103 is queued (Dependency)

        """)
    slurm.put(102, "COMPLETED")
    slurm.put(103, nil)
    let json = try JSON(parsing: Array(status(["--json"]).utf8))
    let hints = json["stages"]?.elements?.map { $0["slurm"] }
    #expect(hints?[0] == .object(["job": .integer(101), "state": .string("FAILED")]))
    #expect(hints?[1]?["state"] == .string("COMPLETED") && hints?[2] == .some(nil))
    #expect(try status().contains("both   missing  -     no artifact yet\n"))
  }

  @Test func statusBelievesTheArtifactMoreThanSlurm() throws {
    _ = try submit(["text"])
    _ = try sandbox.make(["text"])
    #expect(try !status(["text"]).contains("Slurm") && slurm.calls == [])
    #expect(try JSON(parsing: Array(status(["text", "--json"]).utf8))["stages"]?.elements?.first?["slurm"] == nil)
  }

  @Test func statusDoesWithoutSlurm() throws {
    _ = try status()
    #expect(slurm.calls == [])
    _ = try submit(["text"])
    slurm.refuse("squeue", "squeue did not end within 2 s")
    #expect(try status(["text"]).contains("no artifact yet; Slurm job 101: Slurm did not answer\n"))
    let json = try JSON(parsing: Array(status(["text", "--json"]).utf8))
    #expect(json["stages"]?.elements?.first?["slurm"] == .object(["job": .integer(101), "state": .null]))
  }
}
