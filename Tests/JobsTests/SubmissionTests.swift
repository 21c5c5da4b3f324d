import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// Which stages get a Slurm job, and what each waits for.
@Suite struct SubmissionTests {
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

  /// A line an entry: `both after a, b`; then what is left and what is superseded.
  /// - Parameter apart: stages whose jobs were sent without waiting for those of their inputs.
  func lines(_ job: Job, _ known: [String: (Int, String, String?)] = [:], apart: Set<String> = []) throws -> [String] {
    let known = try known.mapValues { SlurmJob(id: try #require(SlurmJobID($0.0)), state: $0.1, reason: $0.2) }
    let dependencies = Dictionary(uniqueKeysWithValues: job.stages.filter { !apart.contains($0.name) }.map { stage in
      (stage.name, stage.inputs.compactMap { known[$0]?.id })
    })
    let submission = Submission(job, try bench.plan(job), known: known, dependencies: dependencies)
    return submission.entries.map { ([$0.planned.name, "after"] + $0.waits).joined(separator: " ") }
      + submission.skipped.map { "left \($0.stage)" } + submission.superseded.map { "superseded \($0)" }
  }

  @Test func everythingStaleIsSentInputsFirst() throws {
    #expect(try lines(bench.job(Self.stages)) == ["text after", "a after text", "b after text", "both after a b"])
  }

  @Test func whatIsKeptIsNotSentAndNotWaitedFor() throws {
    try bench.make(bench.job(Self.stages))
    let changed = try bench.job(Self.stages.replacing("letter: b", with: "letter: n"))
    #expect(try lines(changed) == ["b after", "both after b"])
    #expect(try lines(bench.job(Self.stages)) == [])
  }

  @Test func aStageWhoseJobIsQueuedOrRunsIsLeftToIt() throws {
    let job = try bench.job(Self.stages)
    #expect(
      try lines(job, ["text": (1, "RUNNING", nil), "a": (2, "PENDING", "Dependency")]) == [
        "b after text", "both after a b", "left text", "left a",
      ])
    #expect(
      try lines(job, ["text": (1, "COMPLETING", nil), "a": (2, "PENDING", nil), "b": (3, "PENDING", nil), "both": (4, "PENDING", nil)])
        == ["left text", "left a", "left b", "left both"])
  }

  /// Sent when its input was up to date, which was changed since and sent by itself.
  @Test func aQueuedJobThatDoesNotWaitForTheJobOfItsInputIsSentAnew() throws {
    #expect(
      try lines(bench.job(Self.stages), ["text": (10, "RUNNING", nil), "a": (2, "PENDING", "Priority")], apart: ["a"])
        == ["a after text", "b after text", "both after a b", "left text", "superseded 2"])
  }

  @Test(arguments: ["FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "COMPLETED", "OUT_OF_MEMORY"])
  func aStageWhoseJobEndedIsSentAgain(state: String) throws {
    #expect(try lines(bench.job(Self.stages), ["text": (1, state, nil)]).first == "text after")
  }

  @Test func aQueuedJobWhoseInputIsSentAnewWouldStartWithoutItAndIsSentAnewToo() throws {
    #expect(
      try lines(bench.job(Self.stages), ["text": (1, "FAILED", nil), "a": (2, "PENDING", "Dependency"), "b": (3, "RUNNING", nil)])
        == ["text after", "a after text", "both after a b", "left b", "superseded 2"])
  }

  @Test func aJobThatWaitsInVainIsSentAnew() throws {
    #expect(
      try lines(bench.job(Self.stages), ["text": (1, "RUNNING", nil), "a": (2, "PENDING", "DependencyNeverSatisfied")])
        == ["a after text", "b after text", "both after a b", "left text", "superseded 2"])
  }

  @Test func cancellationBeginsAtTheEndOfTheChain() throws {
    func record(_ stage: String, _ number: Int) throws -> SlurmRecord {
      SlurmRecord(stage: stage, id: try #require(SlurmJobID(number)), fingerprint: nil, submitted: 0, by: "", dependencies: [])
    }
    let records = try [record("a", 2), record("both", 4), record("gone", 9), record("text", 1), record("b", 3), record("old", 5)]
    let jobs = try [("RUNNING", 1), ("PENDING", 2), ("COMPLETED", 3), ("PENDING", 4), ("PENDING", 9)].map { state, number in
      SlurmJob(id: try #require(SlurmJobID(number)), state: state)
    }
    let order = try bench.job(Self.stages).graph.order
    #expect(Cancellation(records, jobs, order: order).items.map(\.stage) == ["gone", "both", "a", "text"])
  }

  @Test func dependentsAreAllThatIsMadeFromAStage() throws {
    let graph = try bench.job(Self.stages).graph
    #expect(graph.dependents(of: ["a"]) == ["a", "both"])
    #expect(graph.dependents(of: ["text"]) == ["text", "a", "b", "both"] && graph.dependents(of: []) == [])
  }
}
