import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// What a person may ask for beyond targets: `-o`, `-W`, `--until`, `--only`, `-t`.
@Suite struct RequestTests {
  let bench: Bench
  static let stages = """
    text: {run: source, with: {file: FOLDER/in.txt}}
    a: {run: count, needs: {text: text}, with: {letter: a}}
    b: {run: count, needs: {text: text}, with: {letter: b}}
    both: {run: join, needs: {parts: [a, b]}}
    """
  /// The same with another letter for `a`, and so with all that depends on it stale.
  static let changed = stages.replacing("letter: a", with: "letter: n")

  init() throws {
    bench = try Bench()
    try bench.write("in.txt", "Abba and banana")
  }

  func made(_ stages: String = stages) throws -> Job {
    try bench.make(bench.job(Self.stages))
    return try bench.job(stages)
  }

  @Test func anOldStageIsNotMadeAndNothingOnItsAccount() throws {
    let job = try made(Self.changed)
    #expect(
      try bench.reasons(job, RequestOptions(old: ["a"])) == [
        "text: upToDate, up to date", "a: upToDate, taken as it is (-o)", "b: upToDate, up to date", "both: upToDate, up to date",
      ])
    #expect(try bench.make(job, RequestOptions(old: ["a"])).didNothing)
    #expect(try bench.read("a") == "a: 6\n")
  }

  @Test func whatAnOldStageBecameMakesNothingStale() throws {
    let job = try made(Self.changed)
    try bench.make(job, ["a"])
    #expect(try bench.reasons(job)[3] == "both: run, input changed: a")
    #expect(try bench.reasons(job, RequestOptions(old: ["a"]))[3] == "both: upToDate, up to date")
  }

  @Test func withoutItsArtifactAnOldStageLeavesTheOthersNothingToBeMadeFrom() throws {
    let job = try bench.job(Self.stages)
    let plan = try bench.plan(job, RequestOptions(["a"], old: ["text"]))
    #expect(plan["a"]?.lacking == ["text"] && plan["a"]?.decision == .run)
    let result = try bench.make(job, RequestOptions(["a"], old: ["text"]))
    #expect(result.outcome == .missingInput)
    #expect(
      result.failures.map(\.description) == [
        "stage 'a' failed: its input stage 'text' has no artifact at \(bench.layout.artifact("text")); make 'text' first"
      ])
  }

  @Test func whatUsesANewStageRunsOnce() throws {
    let job = try made()
    #expect(
      try bench.reasons(job, RequestOptions(new: ["a"])) == [
        "text: upToDate, up to date", "a: upToDate, up to date", "b: upToDate, up to date", "both: run, as if a had changed (-W)",
      ])
    #expect(try bench.make(job, RequestOptions(new: ["text"])).made == ["a", "b"])
    #expect(try bench.make(job).didNothing)
  }

  @Test func untilGoesAsFarAsAStage() throws {
    let job = try bench.job(Self.stages)
    #expect(try bench.make(job, RequestOptions(until: ["a"])).made == ["text", "a"])
    #expect(throws: UnknownTarget("'both' (--until) is not among what 'a' needs; name it as a target")) {
      try job.request(RequestOptions(["a"], until: ["both"]))
    }
  }

  @Test func onlyTakesTheInputsAsTheyAre() throws {
    let job = try made(Self.changed.replacing("both: {run: join", with: "both: {run: join, with: {separator: '-'}"))
    #expect(try bench.reasons(job, RequestOptions(only: ["both"])) == ["both: run, params changed: separator + -> -"])
    #expect(try bench.make(job, RequestOptions(only: ["both"])).made == ["both"])
    #expect(try bench.read("both") == "a: 6\n-b: 3\n")
    #expect(try bench.make(job, RequestOptions(only: ["both"])).didNothing)
  }

  @Test func onlyWithoutAnInputSaysWhichOne() throws {
    let result = try bench.make(bench.job(Self.stages), RequestOptions(only: ["both"]))
    #expect(
      result.failures.map(\.sentence) == ["its input stage 'a' has no artifact at \(bench.layout.artifact("a")); make 'a' first"])
  }

  @Test func onlyDoesNotNeedAnInputOfAFreshStage() throws {
    let job = try made()
    for stage in ["text", "a"] { try bench.disk.remove(bench.layout.artifact(stage)) }
    try bench.disk.remove(bench.layout.record("a"))
    #expect(try bench.reasons(job, RequestOptions(only: ["both"])) == ["both: upToDate, up to date"])
  }

  @Test func aTouchedStageIsUpToDateUntilSomethingChangesAgain() throws {
    let job = try made(Self.changed)
    let touch = Touch(job, bench.store(), Bench.circumstances)
    #expect(try touch.run(job.request([])).touched == ["a"])
    #expect(try bench.reasons(job)[1] == "a: upToDate, up to date since it was touched (-t)")
    #expect(try bench.make(job).didNothing)
    // The manifest still tells the truth, and the record who said otherwise.
    #expect(try Artifact(opening: bench.layout.artifact("a")).manifest.settings["letter"] == .string("a"))
    #expect(bench.store().record(of: "a")?.accepted?.by == Bench.circumstances)
    let again = try bench.job(Self.stages.replacing("letter: a", with: "letter: d"))
    #expect(try bench.reasons(again)[1] == "a: run, params changed: letter a -> d")
    // What it was made with counts again, too.
    #expect(try bench.reasons(bench.job(Self.stages))[1] == "a: upToDate, up to date")
  }

  @Test func aTouchedStageThatWaitsForAnInputMayRunOnly() throws {
    let job = try made(Self.changed)
    _ = try Touch(job, bench.store(), Bench.circumstances).run(job.request([]))
    try bench.write("in.txt", "Abba and Nina")
    #expect(
      try bench.reasons(job)[1] == "a: maybe, waits for text; up to date if its artifact comes out identical")
    #expect(try bench.make(job).made.contains("a"))
  }

  @Test func aTouchedArtifactMayBeCopied() throws {
    let job = try made(Self.changed)
    _ = try Touch(job, bench.store(), Bench.circumstances).run(job.request([]))
    let path = bench.layout.artifact("a")
    try AtomicFile.write(bench.tar("a"), to: path, on: bench.disk)
    #expect(try bench.reasons(job)[1] == "a: upToDate, up to date since it was touched (-t)")
    try bench.make(bench.job(Self.changed.replacing("letter: n", with: "letter: d")), ["a"])
    #expect(bench.store().record(of: "a")?.accepted == nil)
  }

  @Test func artifactsFromElsewhereCanBeTouched() throws {
    let job = try made(Self.changed)
    try bench.disk.removeTree(bench.artifacts.appending(".advgan"))
    #expect(try Touch(job, bench.store(), Bench.circumstances).run(job.request([])).touched == ["a"])
    #expect(try bench.plan(job).isUpToDate)
  }

  /// What an old stage became is what a later run would use, so a checkpoint of that is resumed.
  @Test func anOldStageIsUsedAsItIs() throws {
    let job = try made(Self.changed)
    try bench.make(job, ["a"])
    try bench.disk.remove(bench.layout.artifact("both"))
    let plain = try bench.plan(job)["both"]?.fingerprint
    #expect(try bench.plan(job, RequestOptions(old: ["a"]))["both"]?.fingerprint == plain && plain != nil)
  }

  @Test func touchingNeedsAWholeArtifact() throws {
    let job = try bench.job(Self.stages)
    let result = try Touch(job, bench.store(), Bench.circumstances).run(job.request(["a"]))
    #expect(
      result == Touch.Result(
        touched: [],
        refused: [
          "text": "stage 'text' cannot be touched: there is no artifact that is whole (no artifact yet); make it",
          "a": "stage 'a' cannot be touched: there is no artifact that is whole (no artifact yet); make it",
        ]))
    #expect(try LocalDisk().status(bench.artifacts) == nil)
  }

  @Test func aFileWhoseTimesWerePutBackIsReadAgain() throws {
    let job = try made()
    let path = bench.layout.artifact("a")
    try bench.flip(path, at: 700)
    #expect(try bench.plan(job)["a"]?.reason.hasPrefix("artifact damaged: ") == true)
  }
}
