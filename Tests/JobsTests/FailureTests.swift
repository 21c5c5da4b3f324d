import DiskSupport
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

@Suite struct FailureTests {
  let bench: Bench
  init() throws { bench = try Bench() }

  @Test func aFailureIsOneSentenceAndItsLogIsKept() throws {
    let result = try bench.make(bench.job("bad: {run: trouble, with: {kind: sentence}}"))
    let log = bench.layout.log("bad")
    #expect(result.outcome == .failed)
    #expect(result.failures.map(\.description) == ["stage 'bad' failed: the letters are not in the mood (log: \(log))"])
    let text = String(decoding: try bench.disk.read(log), as: UTF8.self)
    #expect(text.contains("failed: the letters are not in the mood\n") && text.contains("bad runs 'trouble' (version 1)"))
    #expect(try bench.leftovers() == [])
  }

  @Test func whatStandsInTheArtifactsPlaceIsNoticedBeforeTheWork() throws {
    try bench.disk.makeDirectories(bench.layout.artifact("x"))
    let started = Collector<String>()
    let result = try bench.make(bench.job("x: {run: walk}")) { if case .progress(let stage, _) = $0 { started.add(stage) } }
    #expect(result.outcome == .failed && started.all == [])
    #expect(result.failures[0].sentence.contains("expected an artifact of this program, or nothing, found a folder; it is not replaced: move it away, or name another folder under 'artifacts'"))
  }

  @Test func aFullDiskIsNamed() throws {
    let result = try bench.make(bench.job("bad: {run: trouble, with: {kind: no_space}}"))
    #expect(result.outcome == .failed)
    #expect(
      result.failures[0].sentence
        == "\(bench.layout.staging("bad"))/big: no space is left on the disk; found \"No space left on device\" while writing; "
        + "free some space, or inodes where those are used up (df, df -i), and run again; nothing half-written was left")
  }

  @Test func aStageThatStopsUnaskedFailed() throws {
    let result = try bench.make(bench.job("bad: {run: trouble, with: {kind: stops}}"))
    #expect(result.outcome == .failed && result.failures[0].sentence == "it stopped although nobody asked it to")
  }

  @Test func theManifestsNameIsTaken() throws {
    let result = try bench.make(bench.job("bad: {run: trouble, with: {kind: link_name}}"))
    #expect(result.outcome == .failed && result.failures[0].sentence.contains("let the stage choose another name"))
  }

  static let stages = """
    bad: {run: trouble, with: {kind: sentence}}
    after: {run: join, needs: {parts: bad}}
    good: {run: walk}
    more: {run: join, needs: {parts: good}}
    """

  @Test func afterAFailureNothingElseBegins() throws {
    #expect(try bench.make(bench.job(Self.stages)).made == [])
  }

  @Test func keepingGoingMakesWhatDoesNotDependOnTheFailure() throws {
    let result = try bench.make(bench.job(Self.stages), [], Runner.Options(keepsGoing: true))
    #expect(result.made == ["good", "more"] && result.outcome == .failed)
    #expect(try bench.read("more") == bench.read("good"))
  }

  @Test func aFailedRunLeavesTheOldArtifact() throws {
    try bench.make(bench.job("x: {run: walk}"))
    let before = try bench.tar("x")
    #expect(try bench.make(bench.job("x: {run: trouble, with: {kind: sentence}}")).outcome == .failed)
    #expect(try bench.tar("x") == before)
  }

  @Test func aStoreThatCannotBeWrittenIsNamed() throws {
    let result = try bench.make(bench.job("x: {run: walk}"), on: FaultyDisk(.forEver(.readOnlyFileSystem), at: 1, of: .changes))
    #expect(result.outcome == .failed)
    #expect(result.failures[0].description.hasPrefix("stage 'x' failed: \(bench.folder)/artifacts"))
    #expect(result.failures[0].description.contains(": permission denied"))
  }

  @Test func anUpToDateStoreThatCannotBeWrittenIsUpToDate() throws {
    let job = try bench.job("x: {run: walk}")
    try bench.make(job)
    #expect(try bench.make(job, on: FaultyDisk(.forEver(.readOnlyFileSystem), at: 1, of: .changes)).didNothing)
  }
}
