import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

@Suite struct ResumeTests {
  let bench: Bench
  static let stages = "walk: {run: walk, with: {steps: 12}, checkpoint: {every: 0s, keep: 2}}"

  init() throws { bench = try Bench() }

  /// The bytes of a run that nobody interrupted.
  func uninterrupted() throws -> [UInt8] {
    let other = try Bench()
    try other.make(other.job(Self.stages))
    return try other.tar("walk")
  }

  /// Makes, and raises the flag when the walk reports `step`.
  @discardableResult
  func makeUntil(_ step: Int, _ stages: String = stages, _ reason: StopReason = .user1) throws -> RunResult {
    let stop = StopFlag()
    return try bench.make(bench.job(stages), stop: stop) { event in
      if case .progress(_, let progress) = event, progress.done == step { stop.raise(reason) }
    }
  }

  /// The checkpoints that are there, the oldest first.
  func checkpoints() throws -> [FilePath] {
    let folder = bench.layout.checkpoints("walk")
    return try bench.disk.list(folder).map { folder.appending($0) }
  }

  @Test func anInterruptedStageResumesAndEndsInIdenticalBytes() throws {
    let result = try makeUntil(5)
    #expect(result.exitStatus == 75 && result.made == [] && result.hasCheckpoint)
    let reason = try #require(bench.plan(bench.job(Self.stages))["walk"])
    #expect(reason.decision == .resume && reason.reason.hasPrefix("interrupted at step 5 of 12 (checkpoint "))
    let steps = Collector<Int>()
    let job = try bench.job(Self.stages)
    #expect(try bench.make(job) { if case .progress(_, let progress) = $0 { steps.add(progress.done) } }.made == ["walk"])
    #expect(steps.all == Array(6...12))
    #expect(try bench.tar("walk") == uninterrupted())
    #expect(bench.store().record(of: "walk")?.run?.resumedAt == 5)
    #expect(try bench.leftovers() == [])
  }

  @Test(arguments: [(StopReason.interrupt, 130), (.terminate, 75), (.user1, 75), (.user2, 75), (.hangUp, 75)] as [(StopReason, Int32)])
  func theReasonDecidesTheExitStatus(reason: StopReason, status: Int32) throws {
    let result = try makeUntil(3, Self.stages, reason)
    #expect(result.exitStatus == status && result.stopped == reason)
  }

  @Test(arguments: [(StopReason.interrupt, 130), (.terminate, 143), (.hangUp, 129), (.user1, 75)] as [(StopReason, Int32)])
  func beforeAnythingRanThereIsNoCheckpointToGoOnFrom(reason: StopReason, status: Int32) throws {
    let stop = StopFlag()
    stop.raise(reason)
    let result = try bench.make(bench.job(Self.stages), stop: stop)
    #expect(result.exitStatus == status && result.made == [])
  }

  @Test func aStageThatEndsAfterTheFlagWasRaisedIsStillKept() throws {
    let stages = "walk: {run: walk, with: {steps: 3, polite: false}}\nnext: {run: join, needs: {parts: walk}}"
    let result = try makeUntil(2, stages)
    #expect(result.made == ["walk"] && result.stopped == .user1)
    #expect(try bench.plan(bench.job(stages))["walk"]?.decision == .keep)
  }

  @Test func aCheckpointOfOtherSettingsIsNotUsed() throws {
    try makeUntil(5)
    let changed = Self.stages.replacing("steps: 12", with: "steps: 13")
    #expect(try bench.plan(bench.job(changed))["walk"]?.decision == .run)
    let steps = Collector<Int>()
    try bench.make(bench.job(changed)) { if case .progress(_, let progress) = $0 { steps.add(progress.done) } }
    #expect(steps.all == Array(1...13))
  }

  @Test func forcingBeginsAnew() throws {
    try makeUntil(5)
    let steps = Collector<Int>()
    try bench.make(bench.job(Self.stages), Wishes(always: true)) {
      if case .progress(_, let progress) = $0 { steps.add(progress.done) }
    }
    #expect(steps.all == Array(1...12))
  }

  @Test func onlyTheNewestTwoCheckpointsAreKept() throws {
    try makeUntil(5)
    #expect(try checkpoints().map { $0.stem?.suffix(2) } == ["04", "05"])
  }

  @Test func aDamagedNewestCheckpointFallsBackToTheOneBefore() throws {
    try makeUntil(5)
    let newest = try #require(checkpoints().last)
    var bytes = try bench.disk.read(newest)
    let place = try #require(bytes.firstRange(of: Array("ustar".utf8)).map { _ in bytes.count - 1024 - 512 })
    bytes[place] ^= 1
    try AtomicFile.write(bytes, to: newest, on: bench.disk)
    let steps = Collector<Int>()
    try bench.make(bench.job(Self.stages)) { if case .progress(_, let progress) = $0 { steps.add(progress.done) } }
    #expect(steps.all == Array(5...12))
    #expect(try bench.tar("walk") == uninterrupted())
    #expect(bench.store().record(of: "walk")?.run?.resumedAt == 4)
  }

  @Test func everyPrefixOfACheckpointIsPassedOver() throws {
    try makeUntil(3)
    let paths = try checkpoints()
    let bytes = try bench.disk.read(paths[1])
    let fingerprint = try #require(bench.plan(bench.job(Self.stages))["walk"]?.fingerprint)
    let store = CheckpointStore(
      folder: bench.layout.checkpoints("walk"), fingerprint: fingerprint, policy: CheckpointPolicy(), on: bench.disk
    ) { 0 }
    #expect(try store.newest()?.step == 3)
    for length in stride(from: 0, to: bytes.count, by: 97) {
      try AtomicFile.write(Array(bytes.prefix(length)), to: paths[1], on: bench.disk)
      #expect(try store.newest()?.step == 2, "the first \(length) bytes")
    }
  }

  @Test func checkpointsComeWhenTheIntervalHasPassed() throws {
    let now = Collector<Double>()
    now.add(100)
    let store = CheckpointStore(
      folder: bench.folder.appending("c"), fingerprint: SHA256.digest(of: []), policy: CheckpointPolicy(every: 10, keep: 1), on: bench.disk
    ) { now.all.last ?? 0 }
    #expect(!store.due())
    now.add(109.5)
    #expect(!store.due())
    now.add(110)
    #expect(store.due())
    try store.save(step: 1, ["a": [1, 2]])
    #expect(!store.due())
    now.add(120)
    #expect(store.due())
    #expect(try store.newest()?.files == ["a": [1, 2]])
  }

  /// An external file may hold hundreds of gigabytes: a signal is not left waiting while it is read for its digest.
  @Test(arguments: [(StopReason.terminate, 143), (.user1, 75), (.interrupt, 130)] as [(StopReason, Int32)])
  func aSignalWhileAnInputIsReadForItsDigestEndsTheRun(reason: StopReason, status: Int32) throws {
    try bench.write("in.txt", String(repeating: "a", count: 3 << 20))
    let job = try bench.job("text: {run: source, with: {file: FOLDER/in.txt}}")
    let stop = StopFlag()
    let read = Collector<Int>()
    let store = Store(at: bench.artifacts, on: bench.disk, time: { 0 }) { _, done, _ in
      read.add(done)
      if done == 2 << 20 { stop.raise(reason) }
      try stop.check()
    }
    let result = try Runner(job, store, Bench.circumstances, Runner.Options(), stop: stop, observer: Watcher { _ in }).run(["text"])
    #expect(result.exitStatus == status && result.made == [] && read.all == [1 << 20, 2 << 20])
    #expect(try bench.disk.status(bench.artifacts) == nil)
  }

  @Test func theDigestOfAnInputIsRememberedAlthoughTheStageFails() throws {
    let path = try bench.write("in.txt", "a")
    let soon = Double(try #require(try bench.disk.status(path)).modified) / 1e9 + 10
    let job = try bench.job("text: {run: source, with: {file: FOLDER/in.txt}}")
    let disk = DyingDisk(after: 36, with: .io)
    _ = try? Runner(
      job, Store(at: bench.artifacts, on: disk, time: { soon }), Bench.circumstances, Runner.Options(), stop: StopFlag(),
      observer: Watcher { _ in }
    ).run(["text"])
    #expect(disk.hasDied)
    let read = Collector<FilePath>()
    _ = try Store(at: bench.artifacts, on: bench.disk, time: { soon }, reading: { file, _, _ in read.add(file) }).listing(of: job.stages)
    #expect(read.all == [])
  }
}
