import Foundation
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// Records that say something else than their artifacts, and stores that change while a job runs: every run ends.
@Suite struct RecordTests {
  let bench: Bench
  static let stages = """
    text: {run: source, with: {file: FOLDER/in.txt}}
    a: {run: count, needs: {text: text}}
    """

  init() throws {
    bench = try Bench()
    try bench.write("in.txt", "Abba and banana")
  }

  /// Makes, and raises the flag when more stages were started than any honest run would start.
  func makeWithin(_ most: Int, _ job: Job, watch: @escaping @Sendable (RunEvent) -> Void = { _ in }) throws -> RunResult {
    let stop = StopFlag()
    let left = Countdown(most)
    return try bench.make(job, stop: stop) { event in
      if case .started = event, !left.next() { stop.raise(.user1) }
      watch(event)
    }
  }

  /// Replaces one digest of the record's manifest by another.
  func alter(_ key: String, in stage: String) throws {
    let path = bench.layout.record(stage)
    var record = try #require(JSONSerialization.jsonObject(with: Data(try bench.disk.read(path))) as? [String: Any])
    var manifest = try #require(record["manifest"] as? [String: Any])
    manifest[key] = SHA256.digest(of: [1]).hex
    record["manifest"] = manifest
    try AtomicFile.write(Array(try JSONSerialization.data(withJSONObject: record)), to: path, on: bench.disk)
  }

  @Test func aRecordWhoseFingerprintDoesNotFollowFromItsPartsIsTorn() throws {
    let job = try bench.job(Self.stages)
    try bench.make(job)
    try alter("fingerprint", in: "a")
    let result = try makeWithin(3, job)
    #expect(result.didNothing && result.outcome == .success)
    let adopted = try #require(bench.store().record(of: "a"))
    #expect(adopted.manifest == (try Artifact(opening: bench.layout.artifact("a")).manifest.head) && adopted.run == nil)
  }

  @Test func anInputThatIsNotWhatItsRecordSaysFailsItsConsumerWithTheRemedy() throws {
    let job = try bench.job(Self.stages)
    try bench.make(job)
    try alter("content", in: "text")
    let result = try makeWithin(3, job)
    #expect(
      result.failures.map(\.sentence) == [
        "\(bench.layout.artifact("text")): is damaged; expected the content that its record names, found other content; "
          + "remove \(bench.layout.record("text")) and run again"
      ])
    #expect(result.outcome == .failed && result.made == [])
    try bench.disk.remove(bench.layout.record("text"))
    #expect(try bench.make(job).didNothing)
  }

  @Test func anInputMadeOtherwiseByAnotherRunMeanwhileIsSeen() throws {
    try bench.make(bench.job(Self.stages))
    let changed = Self.stages.replacing("{text: text}}", with: "{text: text}, with: {letter: b}}")
    let other = try bench.job(Self.stages.replacing("in.txt}", with: "in.txt, upper: true}"))
    let bench = bench
    let result = try makeWithin(4, bench.job(changed)) { event in
      if case .planned = event { _ = try? bench.make(other, ["text"]) }
    }
    #expect(result.made == ["a", "text", "a"] && result.outcome == .success)
    #expect(try bench.plan(bench.job(changed)).isUpToDate)
  }

  @Test func aStageThatIsStillPlannedAfterItsRunIsNotStartedAgain() throws {
    let job = try bench.job(Self.stages)
    let runner = Runner(
      job, bench.store(), Bench.circumstances, Runner.Options(), stop: StopFlag(), observer: Watcher { _ in })
    for outcome in [StageRun.Outcome.foundFresh, .made] {
      // Nothing was made: the next plan says `run` again.
      var state = Runner.State(runner: runner, request: Request(["a"]), listing: Listing())
      #expect(state.startable().map(\.name) == ["text"])
      try state.note("text", outcome)
      #expect(state.startable().isEmpty && !state.isDone)
      #expect(
        state.result.failures.map(\.sentence) == [
          "it was up to date and then no longer (no artifact yet): something changes its files while the job runs; run again"
        ])
    }
  }
}
