import DiskSupport
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// A disk that is full, fails, writes little at a time or may not be written: one sentence, the right exit status, nothing half-written,
/// and the next run ends in the same bytes.
@Suite struct DiskFailureTests {
  static let walk = "walk: {run: walk, with: {steps: 1}, checkpoint: {every: 0s, keep: 1}}"
  static let gather = "gather: {run: gather, with: {pieces: 2}}"
  static let published = "join: {run: join, with: {published: true}}"

  @Test func aDiskThatFillsUpAtAnyByteCostsNothingButTime() throws {
    var room = 0
    try atEvery(Self.walk) { disk in
      defer { room += 499 }
      let small = SmallDisk(room: room, on: disk)
      return (small, { small.wasFull }, "no space is left on the disk", "room for \(room) bytes")
    }
  }

  @Test(arguments: [walk, gather, published]) func neitherDoesAnErrorAtAnyChange(stages: String) throws {
    try atEvery(stages, .once(.ioError), "input or output failed")
  }

  @Test func norADiskThatMayNotBeWrittenFromAnyChangeOn() throws {
    try atEvery(Self.published, .forEver(.readOnlyFileSystem), "permission denied")
  }

  @Test func writingByteByByteGivesTheSameBytes() throws {
    let whole = try Whole(Self.walk)
    let bench = try Bench(on: FaultyDisk(.shortWrites, at: 1))
    let job = try bench.job(Self.walk)
    #expect(try bench.make(job).outcome == .success)
    try bench.expectWhole(job, whole, "byte by byte")
  }

  /// With a fault at each change in turn.
  private func atEvery(_ stages: String, _ fault: FaultyDisk.Fault, _ words: String) throws {
    var change = 0
    try atEvery(stages) { disk in
      change += 1
      let faulty = FaultyDisk(fault, at: change, of: .changes, on: disk)
      return (faulty, { faulty.struck }, words, "\(fault) at change \(change)")
    }
  }

  /// Makes on one disk after the other until one has no fault. A fault may pass unnoticed where nothing depends on it (a line of the log);
  /// where the run fails, it says so in one sentence with `words` in it.
  private func atEvery(
    _ stages: String, _ next: (any Disk) -> (disk: any Disk, hadFault: () -> Bool, words: String, place: String)
  ) throws {
    let whole = try Whole(stages)
    for count in 0... {
      let bench = try Bench()
      let job = try bench.job(stages)
      let (disk, hadFault, words, place) = next(bench.disk)
      do {
        let result = try bench.make(job, on: disk)
        #expect(result.outcome == (result.failures.isEmpty ? .success : .failed), "\(place)")
        for failure in result.failures {
          #expect(failure.sentence.contains(words) && !failure.sentence.contains("\n"), "\(place): \(failure.sentence)")
        }
        if result.failures.isEmpty { try expectAllThere(bench, job, whole, place) }
      } catch {
        #expect(error is FileError, "\(place): \(error)")
      }
      try bench.expectNothingWrong(job, place)
      #expect(try bench.make(job).outcome == .success, "\(place)")
      try bench.expectWhole(job, whole, place)
      if !hadFault() { return #expect(count > 5) }
    }
  }

  /// A run that says nothing of a fault has made everything.
  private func expectAllThere(_ bench: Bench, _ job: Job, _ whole: Whole, _ place: String) throws {
    for stage in job.stages { #expect(try bench.tar(stage.name) == whole.tars[stage.name], "\(place)") }
    #expect(try bench.published() == whole.published, "\(place)")
  }
}
