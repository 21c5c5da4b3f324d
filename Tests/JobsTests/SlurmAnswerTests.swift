import Glibc
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// What Slurm's commands print is read strictly, and what they see of our environment is chosen.
@Suite struct SlurmAnswerTests {
  @Test func sbatchAnswersANumberAndPerhapsACluster() {
    #expect(SlurmJobID(parsing: "123\n") == SlurmJobID(123))
    #expect(SlurmJobID(parsing: "123;big_one.a-b") == SlurmJobID(123, cluster: "big_one.a-b"))
    #expect(SlurmJobID(123, cluster: "big")?.description == "123 of big" && SlurmJobID(7)?.description == "7")
  }

  @Test(arguments: [
    "", "\n", "0", "-1", "4294967296", "99999999999999999999", "12 ", " 12", "12\n13\n", "12;", "12;a b", "12;-M", "12;a;b",
    "Submitted batch job 12", "12\n\n", "0x12", "١٢",
  ])
  func anythingElseIsNoNumberOfAJob(answer: String) { #expect(SlurmJobID(parsing: answer) == nil) }

  @Test func squeueAnswersALineAJob() throws {
    let answer = "12|PENDING|Dependency|\n13|RUNNING|None|n1\n14|CANCELLED|None|n[1-2]\n"
    let jobs = try #require(SlurmJob.jobs(in: answer, cluster: nil))
    #expect(jobs.map(\.words) == ["is queued (Dependency)", "is running on n1", "was cancelled"])
    #expect(jobs.map(\.phase) == [.queued, .running, .ended])
    #expect(jobs.map(\.id.number) == [12, 13, 14] && jobs[2].node == "n[1-2]")
    #expect(SlurmJob.jobs(in: "", cluster: nil) == [])
    #expect(SlurmJob.jobs(in: "CLUSTER: big\n12|PENDING|None|\n", cluster: "big")?.first?.id == SlurmJobID(12, cluster: "big"))
  }

  @Test(arguments: ["12|PENDING|Dependency", "x|PENDING||", "12|pending||", "12|PENDING|a|b|c", "CLUSTER: big", "0|PENDING||", "12|||"])
  func anyOtherLineIsRefused(line: String) { #expect(SlurmJob.jobs(in: "11|RUNNING||n1\n\(line)\n", cluster: nil) == nil) }

  @Test func everyPrefixOfAnAnswerIsReadOrRefused() {
    let answer = "12|PENDING|Dependency|\n13|RUNNING|None|n1\n"
    for length in 0...answer.count { _ = SlurmJob.jobs(in: String(answer.prefix(length)), cluster: nil) }
  }

  @Test func aReasonCannotWriteToTheTerminal() {
    #expect(SlurmJob.jobs(in: "1|PENDING|\u{1B}[31mred\u{7}|\n", cluster: nil)?.first?.words == "is queued ([31mred)")
  }

  @Test(arguments: [
    ("PENDING", SlurmJob.Phase.queued, "is queued (why)"), ("REQUEUE_HOLD", .queued, "is queued (why)"),
    ("COMPLETING", .running, "is completing on n1"), ("SUSPENDED", .running, "is suspended on n1"),
    ("STAGE_OUT", .running, "is stage out on n1"), ("COMPLETED", .ended, "is done"), ("FAILED", .ended, "failed"),
    ("TIMEOUT", .ended, "ran out of time"), ("NODE_FAIL", .ended, "was lost with its node"),
    ("OUT_OF_MEMORY", .ended, "ran out of memory"),
  ])
  func everyStateHasAPhaseAndWords(state: String, phase: SlurmJob.Phase, words: String) throws {
    let job = SlurmJob(id: try #require(SlurmJobID(1)), state: state, reason: "why", node: "n1")
    #expect(job.phase == phase && job.words == words)
  }

  @Test func aJobThatWaitsForOneThatFailedIsHopeless() throws {
    let job = SlurmJob(id: try #require(SlurmJobID(1)), state: "PENDING", reason: "DependencyNeverSatisfied")
    #expect(job.phase == .hopeless && job.words == "is queued (DependencyNeverSatisfied)")
  }

  @Test func ofTheEnvironmentOnlyWhatSaysWhereAndAsWhomToWorkReachesSlurm() {
    let kept = [
      "PATH": "/bin", "HOME": "/root", "ADVGAN_KERNELS": "avx2", "SLURM_CONF": "/s", "SBATCH_ACCOUNT": "lab", "SBATCH_PARTITION": "p",
    ]
    let dropped = [
      "SLURM_CPUS_PER_TASK": "16", "SLURM_JOB_ID": "1", "SLURM_MEM_PER_CPU": "1", "SBATCH_WAIT": "1", "SBATCH_ARRAY_INX": "0-9",
      "SBATCH_NO_REQUEUE": "1", "SQUEUE_FORMAT": "%i", "SQUEUE_STATES": "RUNNING", "SCANCEL_STATE": "PENDING", "SLURMD_NODENAME": "n1",
    ]
    #expect(SlurmCommands.environment(kept.merging(dropped) { $1 }) == kept)
  }

  @Test func whatACommandComplainsOfIsToldOnOneLine() {
    #expect(SlurmCommands.words("sbatch: error: no such\tpartition\nsbatch: error: twice\n") == "no such partition; twice")
    #expect(SlurmCommands.words("") == "it said nothing")
    #expect(SlurmCommands.words(String(repeating: "x", count: 5000)).count == 400)
  }
}

/// Slurm's commands played by small scripts.
@Suite struct SlurmCommandsTests {
  let bench: Bench
  init() throws { bench = try Bench() }

  /// Slurm with one command, a script of the shell, which finds its arguments in `$*`.
  func slurm(_ command: String, _ script: String) throws -> SlurmCommands {
    let path = try bench.write(command, "#!/bin/sh\n\(script)\n")
    #expect(path.withPlatformString { chmod($0, 0o755) } == 0)
    return SlurmCommands(environment: ["PATH": "\(bench.folder):/usr/bin:/bin", "OUT": "\(bench.folder)/out"])
  }

  var out: String { get throws { String(decoding: try LocalDisk().read(bench.folder.appending("out")), as: UTF8.self) } }

  func id(_ number: Int, _ cluster: String? = nil) throws -> SlurmJobID { try #require(SlurmJobID(number, cluster: cluster)) }

  @Test func aScriptGoesToSbatchAsItIs() throws {
    let script = "#!/bin/sh\n#SBATCH --job-name=\"a $(b) 'c'\"\nexec x\n"
    #expect(try slurm("sbatch", "echo \"$*\" >$OUT; cat >>$OUT; echo 12").submit(script) == id(12))
    #expect(try out == "--parsable\n" + script)
  }

  @Test func argumentsReachACommandUnchanged() throws {
    try slurm("scancel", "printf '<%s>' \"$@\" >>$OUT").cancel([id(3), id(2, "big"), id(1)])
    #expect(try out == "<3><1><--clusters=big><2>")
  }

  @Test func aRefusalIsToldInSlurmsWords() throws {
    #expect(throws: SlurmError("sbatch failed (exit status 1): invalid partition specified: x")) {
      try slurm("sbatch", "echo 'sbatch: error: invalid partition specified: x' >&2; exit 1").submit("")
    }
    #expect(throws: SlurmError("sbatch answered 'hello', where the number of a job was expected; see squeue for what was queued")) {
      try slurm("sbatch", "echo hello").submit("")
    }
    #expect(throws: SlurmError("squeue answered 'what', where lines of '%A|%T|%r|%N' were expected")) {
      try slurm("squeue", "echo what").jobs([id(1)], within: 60)
    }
  }

  @Test func aMissingCommandIsNamed() throws {
    #expect(
      throws: SlurmError("Slurm's command 'sbatch' was not found on the PATH: go to a machine of the cluster, or use make")
    ) { try SlurmCommands(environment: ["PATH": "relative::\(bench.folder)"]).submit("") }
  }

  @Test func squeueIsAskedForAllStatesAndForgottenJobsAreLeftOut() throws {
    let jobs = try slurm("squeue", "echo \"$*\" >$OUT; echo '1|RUNNING|None|n1'; echo '9|RUNNING|None|n1'").jobs(
      [id(1), id(2)], within: 60)
    #expect(jobs == [SlurmJob(id: try id(1), state: "RUNNING", node: "n1")])
    #expect(try out == "--noheader --states=all --jobs=1,2 --format=%A|%T|%r|%N\n")
    #expect(try slurm("squeue", "echo 'slurm_load_jobs error: Invalid job id specified' >&2; exit 1").jobs([id(1)], within: 60) == [])
  }

  @Test func aCommandThatHangsIsKilled() throws {
    #expect { try slurm("squeue", "exec sleep 1000").jobs([id(1)], within: 0.05) } throws: {
      "\($0)" == "Slurm could not be asked: \(bench.folder)/squeue did not end within 0 s"
    }
  }

  @Test func aCommandThatNeverStopsTalkingIsKilled() throws {
    #expect { try slurm("squeue", "exec yes").jobs([id(1)], within: 600) } throws: {
      "\($0)" == "Slurm could not be asked: \(bench.folder)/squeue wrote more than 1048576 bytes"
    }
  }

  @Test func aRequeueEndsTheCommandThatAskedForIt() throws {
    try slurm("scontrol", "echo \"$*\" >$OUT; kill -TERM $$").requeue("12_3")
    #expect(try out == "requeue 12_3\n")
    #expect(throws: SlurmError("scontrol requeue failed (exit status 1): Job is disabled")) {
      try slurm("scontrol", "echo 'Job is disabled' >&2; exit 1").requeue("12")
    }
  }
}
