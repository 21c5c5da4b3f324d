import IO
import Jobs
import Testing

@Suite struct RunnerTests {
  let bench: Bench
  static let stages = """
    text: {run: source, with: {file: FOLDER/in.txt}}
    a: {run: count, needs: {text: text}, with: {letter: a}}
    b: {run: count, needs: {text: text}, with: {letter: b}}
    both: {run: join, needs: {parts: [a, b]}}
    """

  init() throws {
    bench = try Bench()
    try bench.write("in.txt", "Abba and banana")
  }

  @Test func makesEverythingOnceInOrder() throws {
    let result = try bench.make(bench.job(Self.stages))
    #expect(result.made == ["text", "a", "b", "both"])
    #expect(result.outcome == .success)
    #expect(try bench.read("both") == "a: 6\n+b: 3\n")
    #expect(try bench.leftovers() == [])
  }

  @Test func aSecondRunDoesNothing() throws {
    let job = try bench.job(Self.stages)
    try bench.make(job)
    let before = try bench.tar("both")
    #expect(try bench.make(job).didNothing)
    #expect(try bench.tar("both") == before)
    #expect(try bench.reasons(job) == ["text: upToDate, up to date", "a: upToDate, up to date", "b: upToDate, up to date", "both: upToDate, up to date"])
  }

  @Test func aChangedSettingRerunsItsStageAndDescendantsOnly() throws {
    try bench.make(bench.job(Self.stages))
    let changed = try bench.job(Self.stages.replacing("letter: b", with: "letter: n"))
    #expect(
      try bench.reasons(changed) == [
        "text: upToDate, up to date", "a: upToDate, up to date", "b: run, params changed: letter b -> n",
        "both: maybe, waits for b; up to date if its artifact comes out identical",
      ])
    #expect(try bench.make(changed).made == ["b", "both"])
    #expect(try bench.read("both") == "a: 6\n+n: 3\n")
  }

  @Test func anArtifactThatComesOutIdenticalSparesWhatFollows() throws {
    try bench.make(bench.job(Self.stages))
    // Upper case changes the text, but not counts that ignore case.
    let changed = try bench.job(Self.stages.replacing("in.txt}", with: "in.txt, upper: true}"))
    let spared = Collector<String>()
    let result = try bench.make(changed) { if case .spared(let stage) = $0 { spared.add(stage) } }
    #expect(result.made == ["text", "a", "b"])
    #expect(spared.all == ["both"])
    #expect(try bench.make(changed).didNothing)
  }

  @Test func aDefaultSpelledOutEqualsADefaultSkippedAndKeyOrderMeansNothing() throws {
    try bench.make(bench.job(Self.stages))
    let spelled = Self.stages.replacing("{letter: a}", with: "{ignores_case: true, letter: a}")
    #expect(try bench.plan(bench.job(spelled)).isUpToDate)
    let reordered = Self.stages.replacing(
      "{run: count, needs: {text: text}, with: {letter: b}}", with: "{with: {letter: b}, needs: {text: text}, run: count}")
    #expect(reordered != Self.stages)
    #expect(try bench.plan(bench.job(reordered)).isUpToDate)
  }

  @Test func resourcesAndCheckpointIntervalsMakeNothingStale() throws {
    try bench.make(bench.job(Self.stages))
    let richer = Self.stages.replacing(
      "letter: a}", with: "letter: a}, resources: {cpus: 4, memory: 2G, time: \"1:00:00\"}, checkpoint: {every: 5s, keep: 3}")
    #expect(try bench.plan(bench.job(richer)).isUpToDate)
  }

  @Test func aMovedInputFileMakesNothingStaleAndAChangedOneDoes() throws {
    try bench.make(bench.job(Self.stages))
    try bench.write("moved.txt", "Abba and banana")
    #expect(try bench.plan(bench.job(Self.stages.replacing("in.txt", with: "moved.txt"))).isUpToDate)
    try bench.write("in.txt", "Abba and bananas")
    #expect(try bench.reasons(bench.job(Self.stages))[0] == "text: run, input file changed: file")
  }

  @Test func aDamagedArtifactIsNoticedAndRebuilt() throws {
    let job = try bench.job(Self.stages)
    try bench.make(job)
    let good = try bench.tar("a")
    var bad = good
    let place = try #require(bad.firstRange(of: Array("a: 6".utf8))?.lowerBound)
    bad[place] ^= 1
    try AtomicFile.write(bad, to: bench.layout.artifact("a"), on: bench.disk)
    let reason = try #require(bench.plan(job)["a"])
    #expect(reason.decision == .run)
    #expect(reason.reason.hasPrefix("artifact damaged: \(bench.layout.artifact("a")), member 'text.txt': is damaged"))
    #expect(try bench.make(job).made == ["a"])
    #expect(try bench.tar("a") == good)
  }

  @Test func aMissingInputOfAFreshArtifactMakesNothingStale() throws {
    let job = try bench.job(Self.stages)
    try bench.make(job)
    try bench.disk.remove(bench.layout.artifact("a"))
    #expect(try bench.reasons(job, ["both"])[1] == "a: upToDate, artifact missing, but everything made from it is up to date")
    #expect(try bench.make(job, ["both"]).didNothing)
    #expect(try bench.reasons(job, ["a"])[1] == "a: run, artifact missing")
    let changed = try bench.job(Self.stages.replacing("[a, b]}", with: "[a, b]}, with: {separator: \"-\"}"))
    #expect(
      try bench.reasons(changed, ["both"]) == [
        "text: upToDate, up to date", "a: run, artifact missing, and both needs it", "b: upToDate, up to date",
        "both: run, params changed: separator + -> -",
      ])
    #expect(try bench.make(changed, ["both"]).made == ["a", "both"])
  }

  @Test func aLostInputFileMattersOnlyToAStageThatMustRun() throws {
    try bench.make(bench.job(Self.stages))
    try bench.disk.remove(bench.folder.appending("in.txt"))
    #expect(try bench.plan(bench.job(Self.stages)).isUpToDate)
    let result = try bench.make(bench.job(Self.stages.replacing("in.txt}", with: "in.txt, upper: true}")))
    #expect(result.outcome == .missingInput)
    #expect(
      result.failures.map(\.description) == [
        "stage 'text' failed: its input 'file' is missing: there is nothing at \(bench.folder)/in.txt; put it there, or change 'file' in job.yaml"
      ])
  }

  @Test func forcingRunsEverythingAndEndsInTheSameBytes() throws {
    let job = try bench.job(Self.stages)
    try bench.make(job)
    let before = try bench.tar("both")
    #expect(try bench.make(job, RequestOptions(always: true)).made == ["text", "a", "b", "both"])
    #expect(try bench.tar("both") == before)
  }

  @Test func independentStagesRunAtOnceAndShareTheThreads() throws {
    let running = Collector<Int>()
    let result = try bench.make(bench.job(Self.stages), [], Runner.Options(jobs: 2, threads: 8)) { event in
      switch event {
      case .started: running.add(1)
      case .finished: running.add(-1)
      default: break
      }
    }
    #expect(Set(result.made) == ["text", "a", "b", "both"])
    let width = running.all.reduce(into: (now: 0, most: 0)) {
      $0.now += $1
      $0.most = max($0.most, $0.now)
    }.most
    #expect(width == 2)
    #expect(["a", "b"].map { bench.store().record(of: $0)?.run?.threads } == [4, 4])
    #expect(bench.store().record(of: "both")?.run?.threads == 8)
  }

  @Test func aRunLeavesARecordOfItsCircumstances() throws {
    try bench.make(bench.job(Self.stages), ["text"])
    let record = try #require(bench.store().record(of: "text"))
    #expect(record.run?.circumstances == Bench.circumstances)
    #expect(record.digest == SHA256.digest(of: try bench.tar("text")))
    #expect(record.manifest.members.isEmpty)
    #expect(record.run?.resumedAt == nil)
  }

  /// In the stage, its log and its record, and not in its fingerprint.
  @Test func arithmeticReachesTheStageAndTheRecord() throws {
    try bench.make(bench.job(Self.stages), [], Runner.Options(arithmetic: Arithmetic(kernels: "swift", openBLAS: "Bench")))
    #expect(bench.store().record(of: "both")?.run?.arithmetic?.words == "swift kernels, OpenBLAS for Bench")
    let log = String(decoding: try bench.disk.read(bench.layout.log("both")), as: UTF8.self)
    #expect(log.contains(" with 1 threads, swift kernels, OpenBLAS for Bench on bench, tests\n") && log.contains("joins by swift kernels"))
    #expect(try bench.make(bench.job(Self.stages), [], Runner.Options(arithmetic: Arithmetic(kernels: "other", openBLAS: "Bench"))).didNothing)
    try bench.make(bench.job(Self.stages), RequestOptions(always: true))
    #expect(bench.store().record(of: "both")?.run.map { $0.arithmetic == nil } == true)
  }

  @Test func publishedFilesAreWrittenAndWrittenAgainWhenMissing() throws {
    let job = try bench.job(Self.stages.replacing("[a, b]}", with: "[a, b]}, with: {published: true}"))
    #expect(try bench.make(job).published == [])
    let page = bench.artifacts.appending("both.txt")
    let text = try bench.disk.read(page)
    #expect(String(decoding: text, as: UTF8.self) == "a: 6\n+b: 3\n\nfrom [\"a\", \"b\", \"both\", \"text\"]")
    try bench.disk.remove(page)
    let again = try bench.make(job)
    #expect(again.made == [] && again.published == ["both"])
    #expect(try bench.disk.read(page) == text)
    #expect(try bench.make(job).didNothing)
  }
}
