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

  /// A prefix that ends within a line is refused, unless the line has all its parts and lacks but the end of the last.
  @Test func everyPrefixOfAnAnswerIsReadOrRefused() throws {
    let answer = "12|PENDING|Dependency|\n13|RUNNING|None|n1\n"
    let whole = try #require(SlurmJob.jobs(in: answer, cluster: nil))
    for length in 0...answer.count {
      let prefix = String(answer.prefix(length))
      let lines = prefix.split(separator: "\n")
      let isWhole = prefix.hasSuffix("\n") || lines.isEmpty || lines.last?.count { $0 == "|" } == 3
      let jobs = SlurmJob.jobs(in: prefix, cluster: nil)
      #expect(jobs?.map(\.id) == (isWhole ? whole.prefix(lines.count).map(\.id) : nil), "of \(length) characters")
      #expect(jobs?.map(\.phase) == (isWhole ? whole.prefix(lines.count).map(\.phase) : nil), "of \(length) characters")
    }
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
