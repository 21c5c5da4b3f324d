import DiskSupport
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// What an undisturbed run makes of a job, by the stages' names; the text that its `source` stages read is the same everywhere.
struct Whole {
  let tars: [String: [UInt8]]
  let published: [String]

  init(_ stages: String) throws {
    let bench = try Bench()
    try bench.write("in.txt", "Abba and banana")
    let job = try bench.job(stages)
    try bench.make(job)
    tars = try job.stages.reduce(into: [:]) { $0[$1.name] = try bench.tar($1.name) }
    published = try bench.published()
  }
}

extension Bench {
  /// The files for people beside the artifacts.
  func published() throws -> [String] { try LocalDisk().list(artifacts).filter { $0.hasSuffix(".txt") } }

  /// Makes until a stage reports `step`, then stops at its checkpoint.
  @discardableResult
  func make(_ job: Job, stoppingAt step: Int, on disk: (any Disk)? = nil) throws -> RunResult {
    let stop = StopFlag()
    return try make(job, stop: stop, on: disk) { event in
      if case .progress(_, let progress) = event, progress.done == step { stop.raise(.user1) }
    }
  }

  /// No artifact that is visible is damaged, and none is vouched for by a record with another digest.
  func expectNothingWrong(_ job: Job, _ place: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    for stage in job.stages {
      let path = layout.artifact(stage.name)
      guard let status = try disk.status(path) else { continue }
      #expect(throws: Never.self, "\(place): \(stage.name)", sourceLocation: sourceLocation) { try Artifact(opening: path).verify() }
      if let record = store().record(of: stage.name), record.status == status {
        #expect(try record.digest == SHA256.digest(ofFile: path), "\(place): \(stage.name)", sourceLocation: sourceLocation)
      }
    }
  }

  /// Everything is as an undisturbed run leaves it: the same bytes, all recorded, nothing left of a crash, nothing locked.
  func expectWhole(_ job: Job, _ whole: Whole, _ place: String, sourceLocation: SourceLocation = #_sourceLocation) throws {
    try expectNothingWrong(job, place, sourceLocation: sourceLocation)
    for stage in job.stages {
      #expect(try tar(stage.name) == whole.tars[stage.name], "\(place): \(stage.name)", sourceLocation: sourceLocation)
      let record = store().record(of: stage.name)
      #expect(try record?.status == disk.status(layout.artifact(stage.name)), "\(place): \(stage.name)", sourceLocation: sourceLocation)
      #expect(!StageLock.isHeld(stage.name, in: layout), "\(place): \(stage.name)", sourceLocation: sourceLocation)
    }
    #expect(try published() == whole.published, "\(place)", sourceLocation: sourceLocation)
    #expect(try leftovers() == [], "\(place)", sourceLocation: sourceLocation)
    #expect(try plan(job).isUpToDate, "\(place)", sourceLocation: sourceLocation)
  }

  /// Everything is there without anything being made: what is left to tidy may be tidied.
  func expectDurable(_ job: Job, _ whole: Whole, _ place: String = "", sourceLocation: SourceLocation = #_sourceLocation) throws {
    #expect(try plan(job).isUpToDate, "\(place)", sourceLocation: sourceLocation)
    #expect(try published() == whole.published, "\(place)", sourceLocation: sourceLocation)
    #expect(try make(job).didNothing, "\(place)", sourceLocation: sourceLocation)
    try expectWhole(job, whole, place, sourceLocation: sourceLocation)
  }
}
