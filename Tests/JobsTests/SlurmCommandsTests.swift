import Glibc
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

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
    let told = try out
    #expect(told.hasPrefix("--parsable --comment=advgan-job-") && told.hasSuffix("\n" + script))
  }

  @Test func argumentsReachACommandUnchanged() throws {
    try slurm("scancel", "printf '<%s>' \"$@\" >>$OUT").cancel([id(3), id(2, "big"), id(1)])
    #expect(try out == "<3><1><--clusters=big><2>")
  }

  @Test func aRefusalIsToldInSlurmsWords() throws {
    #expect(throws: SlurmError("sbatch failed (exit status 1): invalid partition specified: x")) {
      try slurm("sbatch", "echo 'sbatch: error: invalid partition specified: x' >&2; exit 1").submit("")
    }
    #expect(throws: SlurmError("squeue answered 'what', where lines of '%A|%T|%r|%N' were expected")) {
      try slurm("squeue", "echo what").jobs([id(1)], within: 60)
    }
    #expect("\(SlurmError("squeue answered 'a\u{9B}31m'"))" == "squeue answered 'a\\u{9B}31m'")
  }

  /// Sites print words of their own around sbatch's answer; a job that is queued must not be forgotten, or it is sent again.
  @Test(arguments: [
    ("echo ---; echo '  Welcome. Charged to account lab'; echo 4701", 4701), ("echo 4701; echo; echo '  '", 4701),
    ("echo Submitted; echo \"$2\" | sed 's/--comment=/4702|/' >$OUT", 4702),
  ])
  func aJobIsFoundWhateverStandsAroundItsNumber(_ sbatch: String, _ number: Int) throws {
    _ = try slurm("squeue", "echo '1|other'; cat $OUT")
    #expect(try slurm("sbatch", sbatch).submit("") == id(number))
  }

  /// As by a Ctrl-C that reaches sbatch too: the job may be queued although sbatch failed.
  @Test func aJobOfAnSbatchThatFailedIsCancelled() throws {
    _ = try slurm("squeue", "cat $OUT")
    _ = try slurm("scancel", "echo \"$*\" >>$OUT")
    #expect(throws: SlurmError("sbatch failed (exit status 130): it said nothing")) {
      try slurm("sbatch", "echo \"$2\" | sed 's/--comment=/4702|/' >$OUT; kill -INT $$").submit("")
    }
    #expect(try out.hasSuffix("\n4702\n"))
  }

  @Test func anAnswerThatNamesNoJobIsAnErrorWhereNoneWasQueued() throws {
    _ = try slurm("squeue", "echo '1|other'; echo '2|'")
    let found = #expect(throws: SlurmError.self) { try slurm("sbatch", "echo hello").submit("") }
    #expect(found?.description.hasPrefix("sbatch answered 'hello', where the number of a job was expected, and no job with the comment advgan-job-") == true)
  }

  @Test func aMissingCommandIsNamed() throws {
    #expect(
      throws: SlurmError("Slurm's command 'sbatch' was not found on the PATH: go to a machine of the cluster, or use make")
    ) { try SlurmCommands(environment: ["PATH": "relative::\(bench.folder)"]).submit("") }
  }

  @Test func squeueIsAskedForAllStatesAndForgottenJobsAreSkipped() throws {
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
