import IO
import NN
import Testing

@testable import Jobs
@testable import advgan_job
@testable import jobs_fixture

/// What `make` says under the options that take stages otherwise than their files say.
@Suite struct MakeOptionsTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  /// `a` counts another letter than when it was made.
  func changed() throws -> Job {
    _ = try sandbox.make()
    return try sandbox.job(Sandbox.stages.replacing("letter: a", with: "letter: n"))
  }

  func artifact(_ stage: String) -> FilePath { sandbox.folder.appending("artifacts/\(stage).tar") }

  @Test func anOldStageLeavesNothingToDo() throws {
    let job = try changed()
    let (status, paper) = try sandbox.make(["-n", "-o", "a"], job)
    #expect(status == 0 && paper.output == "Nothing to be done for 'all'.\n" && paper.error == "")
  }

  /// As Make reads them.
  @Test func shortOptionsMayStandWithTheirValueAndDirectoriesFollowEachOther() throws {
    let make = try #require(try AdvGANJob.parseAsRoot(["make", "-j4", "-fx.yaml", "-Ca", "-C", "b", "-oone", "-kn", "all"]) as? Make)
    #expect(make.jobs == 4 && make.jobOptions.file == "x.yaml" && make.jobOptions.directory == ["a", "b"] && make.targets.old == ["one"])
    #expect(make.keepsGoing && make.isDry && make.targets.targets == ["all"])
    try sandbox.disk.makeDirectories(sandbox.folder.appending("a/b"))
    try sandbox.write("a/b/job.yaml", "version: 1\nstages: {}\n")
    let told = try sandbox.run(["make", "-C", sandbox.folder.string, "-Ca", "-Cb", "-f", "job.yaml"])
    #expect(told.status == 65 && told.error.hasPrefix("job.yaml:2:"))
  }

  @Test func whatIfShowsWhatWouldRun() throws {
    _ = try sandbox.make()
    let (status, paper) = try sandbox.make(["-n", "-W", "text"])
    #expect(status == 0)
    #expect(
      paper.output == """
        STAGE  PLAN        WHY
        text   up to date
        a      run         as if text had changed (-W)
        both   run         as if text had changed (-W)
        2 run, 1 up to date. Dry run: nothing was written.

        """)
  }

  @Test func touchingSaysWhatItDoesAndWhatItCannot() throws {
    let job = try changed()
    let (status, paper) = try sandbox.make(["-t"], job)
    #expect(status == 0 && paper.error == "")
    #expect(paper.output == "a: touched, counts as up to date though it was not made again\n")
    #expect(try sandbox.make(["-t"], job).paper.output == "Nothing to be done for 'all'.\n")
    try LocalDisk().remove(artifact("both"))
    let (refused, words) = try sandbox.make(["-t"], job)
    #expect(refused == 2 && words.output == "")
    #expect(
      words.error == "advgan-job: stage 'both' cannot be touched: there is no artifact that is whole (artifact missing); make it\n")
  }

  @Test func onlyAndUntilNameWhatIsUpToDate() throws {
    _ = try sandbox.make()
    #expect(try sandbox.make(["--only", "a"]).paper.output == "Nothing to be done for 'a'.\n")
    #expect(try sandbox.make(["all", "--until", "text", "--until", "a"]).paper.output == "Nothing to be done for 'text', 'a'.\n")
  }

  @Test func aDryRunNamesInputsThatNobodyMakes() throws {
    let (status, paper) = try sandbox.make(["-n", "--only", "both"])
    #expect(status == 66)
    #expect(
      paper.error == """
        advgan-job: stage 'both' would fail: its input stage 'a' has no artifact at \(artifact("a"))
        advgan-job: stage 'both' would fail: its input stage 'text' has no artifact at \(artifact("text"))

        """)
  }

  @Test func aDryRunAsJSONSaysWhatItIs() throws {
    let (status, paper) = try sandbox.make(["-n", "--json", "text"])
    let json = try JSON(parsing: Array(paper.output.utf8))
    #expect(status == 0 && json["document"] == .string("advgan-job make") && json["format"] == .integer(1))
    #expect(json["up_to_date"] == .bool(false) && json["job_file"] == .string("job.yaml"))
    #expect(
      json["stages"]
        == .array([
          .object([
            "stage": .string("text"), "plan": .string("run"), "why": .string("no artifact yet"), "missing": .array([]), "lacking": .array([]),
          ])
        ]))
  }

  @Test func skippingABusyStageIsNoFailureAndSilentUnderSilence() throws {
    let store = Store(at: try sandbox.job().artifacts, on: LocalDisk(), time: { 60 })
    try store.prepare()
    let lock = try StageLock("text", in: store.layout, for: Surroundings.circumstances(), at: 60, on: LocalDisk())
    let (status, paper) = try sandbox.make(["--if-busy=skip"])
    #expect(status == 0 && paper.error == "")
    let me = Surroundings.circumstances()
    // The tests themselves may run as a Slurm job.
    let job = me.slurmJob.map { ", Slurm job \($0)" } ?? ""
    #expect(
      paper.output == """
        [1/3] text: run, no artifact yet
        stage 'text' is being run by \(me.user) on \(me.host) (pid \(me.pid)\(job)) since 1970-01-01 00:01 UTC; skipped

        """)
    let silent = try sandbox.make(["-s", "--if-busy=skip"])
    #expect(silent.status == 0 && silent.paper.output == "" && silent.paper.error == "")
    #expect(try sandbox.make(["-s", "--if-busy=wait:0"]).status == 9)
    _ = consume lock
  }

  @Test(arguments: [
    (["--json"], "--json goes with -n (--dry-run)"), (["-t", "-n"], "-t makes no sense with -n, -q, -B or -W"), (["-t", "-B"], "-t makes no sense with -n, -q, -B or -W"),
    (["-t", "-W", "a"], "-t makes no sense with -n, -q, -B or -W"),
    (["--until", "a", "--only", "a"], "--until and --only exclude each other"),
  ])
  func optionsThatExcludeEachOtherAreWrongUsage(arguments: [String], sentence: String) {
    #expect { try AdvGANJob.parseAsRoot(["make"] + arguments) } throws: { AdvGANJob.message(for: $0) == sentence }
  }

  @Test func aWrongWordForBusyStagesIsWrongUsage() {
    #expect { try AdvGANJob.parseAsRoot(["make", "--if-busy=sit"]) } throws: {
      AdvGANJob.message(for: $0).hasPrefix("The value 'sit' is invalid for '--if-busy <fail|skip|wait[:seconds]>'")
    }
  }

  @Test func theBarHasTwentyCells() {
    func bar(_ done: Int, _ total: Int) -> String {
      RunPrinter.bar(StageProgress(done: done, total: total, unit: "steps", note: "", doneAtStart: 0, elapsed: 0, now: 0))
    }
    #expect(bar(0, 7) == "[                    ]")
    #expect(bar(5, 20) == "[=====               ]")
    #expect(bar(7, 7) == "[====================]" && bar(9, 7) == bar(7, 7) && bar(0, 0) == bar(0, 7))
  }

  @Test func aLiveLineIsCutToTheWindow() {
    let paper = Paper()
    let terminal = Terminal(isLive: true, columns: { 30 }, write: { _, text in paper.terminal().complain(text) })
    terminal.rewrite(String(repeating: "x", count: 100))
    #expect(paper.error.filter { $0 == "x" }.count == 29)
  }
}
