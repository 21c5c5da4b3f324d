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
    #expect(result.exitStatus == 2)
    #expect(result.failures.map(\.description) == ["stage 'bad' failed: the letters are not in the mood (log: \(log))"])
    let text = String(decoding: try bench.disk.read(log), as: UTF8.self)
    #expect(text.contains("failed: the letters are not in the mood\n") && text.contains("bad runs 'trouble' (version 1)"))
    #expect(try bench.leftovers() == [])
  }

  @Test func aFullDiskIsNamed() throws {
    let result = try bench.make(bench.job("bad: {run: trouble, with: {kind: no_space}}"))
    #expect(result.exitStatus == 2)
    #expect(
      result.failures[0].sentence
        == "\(bench.layout.staging("bad"))/big: no space is left on the disk; found \"No space left on device\" while writing; "
        + "free some space and run again; nothing half-written was left")
  }

  @Test func aStageThatStopsUnaskedFailed() throws {
    let result = try bench.make(bench.job("bad: {run: trouble, with: {kind: stops}}"))
    #expect(result.exitStatus == 2 && result.failures[0].sentence == "it stopped although nobody asked it to")
  }

  @Test func theManifestsNameIsTaken() throws {
    let result = try bench.make(bench.job("bad: {run: trouble, with: {kind: link_name}}"))
    #expect(result.exitStatus == 2 && result.failures[0].sentence.contains("let the stage choose another name"))
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
    #expect(result.made == ["good", "more"] && result.exitStatus == 2)
    #expect(try bench.read("more") == bench.read("good"))
  }

  @Test func aFailedRunLeavesTheOldArtifact() throws {
    try bench.make(bench.job("x: {run: walk}"))
    let before = try bench.tar("x")
    #expect(try bench.make(bench.job("x: {run: trouble, with: {kind: sentence}}")).exitStatus == 2)
    #expect(try bench.tar("x") == before)
  }

  @Test func aStoreThatCannotBeWrittenIsNamed() throws {
    let result = try bench.make(bench.job("x: {run: walk}"), on: DyingDisk(after: 0, with: .permission))
    #expect(result.exitStatus == 2)
    #expect(result.failures[0].description.hasPrefix("stage 'x' failed: \(bench.folder)/artifacts"))
    #expect(result.failures[0].description.contains(": permission denied"))
  }

  @Test func anUpToDateStoreThatCannotBeWrittenIsUpToDate() throws {
    let job = try bench.job("x: {run: walk}")
    try bench.make(job)
    #expect(try bench.make(job, on: DyingDisk(after: 0, with: .permission)).didNothing)
  }
}

/// Crashes the machine at every single step on the disk, and makes again.
@Suite struct CrashTests {
  static let stages = """
    walk: {run: walk, with: {steps: 3}, checkpoint: {every: 0s, keep: 1}}
    both: {run: join, needs: {parts: [walk]}, with: {published: true}}
    """

  @Test(arguments: [FileError.Kind.io, .noSpace]) func aCrashAtAnyStepCostsNoResult(kind: FileError.Kind) throws {
    let whole = try Bench()
    try whole.make(whole.job(Self.stages))
    let expected = try [whole.tar("walk"), whole.tar("both")]
    var step = 0, survived = false
    while !survived {
      let bench = try Bench(), job = try bench.job(Self.stages), disk = DyingDisk(after: step, with: kind)
      // What the dying run says of itself does not matter; what it leaves does.
      survived = (try? bench.make(job, on: disk).exitStatus) == 0 && !disk.hasDied
      for stage in ["walk", "both"] where try bench.disk.exists(bench.layout.artifact(stage)) {
        #expect(throws: Never.self, "visible and damaged after step \(step)") { try Artifact(opening: bench.layout.artifact(stage)).verify() }
      }
      #expect(try bench.make(job).exitStatus == 0, "step \(step)")
      #expect(try [bench.tar("walk"), bench.tar("both")] == expected, "step \(step)")
      #expect(try bench.disk.exists(bench.artifacts.appending("both.txt")), "step \(step)")
      #expect(try bench.leftovers().filter { !$0.contains("both.txt") } == [], "step \(step)")
      #expect(try bench.plan(job).isUpToDate, "step \(step)")
      step += 1
    }
    #expect(step > 50)
  }
}

/// A disk that works for a number of changes and then refuses every further one, as after a crash or when it is full.
final class DyingDisk: Disk {
  private let disk = HastyDisk()
  private let left: Countdown
  private let kind: FileError.Kind

  init(after changes: Int, with kind: FileError.Kind) {
    left = Countdown(changes)
    self.kind = kind
  }

  var hasDied: Bool { left.isOver }

  private func change(_ path: FilePath) throws(FileError) {
    guard left.next() else { throw FileError(kind, path, found: "the end of this disk") }
  }

  func create(_ path: FilePath) throws(FileError) -> OutputFile {
    try change(path)
    return try disk.create(path)
  }
  func write(_ bytes: UnsafeRawBufferPointer, to file: OutputFile) throws(FileError) -> Int {
    try change(file.path)
    return try disk.write(bytes, to: file)
  }
  func sync(_ file: OutputFile) throws(FileError) { try change(file.path) }
  /// Descriptors are freed even by a dead process.
  func close(_ file: OutputFile) throws(FileError) {
    try disk.close(file)
    try change(file.path)
  }
  func rename(_ source: FilePath, to target: FilePath) throws(FileError) {
    try change(target)
    try disk.rename(source, to: target)
  }
  func syncDirectory(_ path: FilePath) throws(FileError) { try change(path) }
  func remove(_ path: FilePath) throws(FileError) {
    try change(path)
    try disk.remove(path)
  }
  func makeDirectory(_ path: FilePath) throws(FileError) {
    try change(path)
    try disk.makeDirectory(path)
  }
  func list(_ path: FilePath) throws(FileError) -> [String] { try disk.list(path) }
  func status(_ path: FilePath) throws(FileError) -> FileStatus? { try disk.status(path) }
  func read(_ path: FilePath) throws(FileError) -> [UInt8] { try disk.read(path) }
}
