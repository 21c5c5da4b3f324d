import Foundation
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
    #expect(result.outcome == .tryAgain && result.made == [] && result.goesOn && result.gotFurther)
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

  @Test(arguments: [
    (StopReason.interrupt, .stopped(.interrupt)), (.terminate, .tryAgain), (.user1, .tryAgain), (.user2, .tryAgain), (.hangUp, .tryAgain),
  ] as [(StopReason, RunResult.Outcome)])
  func theReasonDecidesTheOutcome(reason: StopReason, outcome: RunResult.Outcome) throws {
    let result = try makeUntil(3, Self.stages, reason)
    #expect(result.outcome == outcome && result.stopped == reason)
  }

  @Test(arguments: [
    (StopReason.interrupt, .stopped(.interrupt)), (.terminate, .stopped(.terminate)), (.hangUp, .stopped(.hangUp)), (.user1, .tryAgain),
  ] as [(StopReason, RunResult.Outcome)])
  func beforeAnythingRanThereIsNoCheckpointToGoOnFrom(reason: StopReason, outcome: RunResult.Outcome) throws {
    let stop = StopFlag()
    stop.raise(reason)
    let result = try bench.make(bench.job(Self.stages), stop: stop)
    #expect(result.outcome == outcome && result.made == [])
  }

  @Test func aStageThatEndsAfterTheFlagWasRaisedIsStillKept() throws {
    let stages = "walk: {run: walk, with: {steps: 3, polite: false}}\nnext: {run: join, needs: {parts: walk}}"
    let result = try makeUntil(2, stages)
    #expect(result.made == ["walk"] && result.stopped == .user1)
    #expect(try bench.plan(bench.job(stages))["walk"]?.decision == .upToDate)
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
    try bench.make(bench.job(Self.stages), RequestOptions(always: true)) {
      if case .progress(_, let progress) = $0 { steps.add(progress.done) }
    }
    #expect(steps.all == Array(1...12))
  }

  @Test func onlyTheNewestTwoCheckpointsAreKept() throws {
    try makeUntil(5)
    #expect(try checkpoints().map { $0.stem?.suffix(2) } == ["04", "05"])
  }

  /// How a checkpoint can be spoilt: of its bytes, others.
  static let damages: [String: @Sendable ([UInt8]) -> [UInt8]] = [
    "head": { flipped($0, at: 600) }, "member": { flipped($0, at: $0.count - 1024 - 512) }, "header": { flipped($0, at: 3) },
    "end": { flipped($0, at: $0.count - 5) }, "half": { Array($0.prefix($0.count / 2)) }, "no end": { $0.dropLast(1024) },
    "empty": { _ in [] }, "garbage": { bytes in bytes.indices.map { UInt8(truncatingIfNeeded: $0 &* 151 ^ $0 >> 3) } },
    "zeros": { [UInt8](repeating: 0, count: $0.count) },
  ]

  static func flipped(_ bytes: [UInt8], at place: Int) -> [UInt8] {
    var bytes = bytes
    bytes[place] ^= 1
    return bytes
  }

  /// Begins anew, or goes on from the first step's state, and is stopped and taken up once more: what is saved then must be found, although
  /// the damaged states are of later steps.
  @Test(arguments: damages.keys.sorted(), [1, 2]) func damagedCheckpointsArePassedOverAndPushNothingOut(damage: String, count: Int) throws {
    let spoil = try #require(Self.damages[damage])
    try makeUntil(5)
    for path in try checkpoints().suffix(count) { try AtomicFile.write(spoil(bench.disk.read(path)), to: path, on: bench.disk) }
    let warnings = Collector<String>()
    let stop = StopFlag()
    let steps = Collector<Int>()
    let first = count == 1 ? 5 : 1
    try bench.make(bench.job(Self.stages), stop: stop) { event in
      if case .warned(_, let sentence) = event { warnings.add(sentence) }
      guard case .progress(_, let progress) = event else { return }
      steps.add(progress.done)
      stop.raise(.user1)
    }
    #expect(steps.all == [first])
    #expect(warnings.all.count == count && warnings.all.allSatisfy { $0.hasPrefix("the checkpoint \(bench.layout.checkpoints("walk"))/") })
    try bench.make(bench.job(Self.stages)) { if case .progress(_, let progress) = $0 { steps.add(progress.done) } }
    #expect(steps.all == [first] + Array(first + 1...12))
    #expect(try bench.tar("walk") == uninterrupted())
    #expect(try bench.leftovers() == [])
  }

  @Test func aStateThatDoesNotFitGivesWayToTheOneBefore() throws {
    try makeUntil(5)
    let fingerprint = try #require(bench.plan(bench.job(Self.stages))["walk"]?.fingerprint)
    let (resumed, passed) = (Collector<Int>(), Collector<String>())
    let store = CheckpointStore(
      folder: bench.layout.checkpoints("walk"), fingerprint: fingerprint, policy: CheckpointPolicy(), processor: "test", on: bench.disk,
      onResume: { resumed.add($0.step) }, onPassingOver: { passed.add($0) }
    ) { 0 }
    let step = try store.newest { step, _ in
      if step == 5 { throw StageError("its 'trace' is not this run's") }
      return step
    }
    #expect(step == 4 && resumed.all == [4])
    #expect(try passed.all == ["the checkpoint \(checkpoints()[1]) is not used: its 'trace' is not this run's"])
    #expect(try store.newest { _, _ in throw StageError("no") } == nil && resumed.all == [4])
  }

  /// Else a network's hiccup would begin a training anew.
  @Test func aStateThatCannotBeReadIsNotTakenForADamagedOne() throws {
    try makeUntil(3)
    let fingerprint = try #require(bench.plan(bench.job(Self.stages))["walk"]?.fingerprint)
    let store = CheckpointStore(
      folder: bench.layout.checkpoints("walk"), fingerprint: fingerprint, policy: CheckpointPolicy(), processor: "test", on: bench.disk
    ) { 0 }
    #expect(throws: FileError(.ioError, "x", while: "reading")) {
      _ = try store.newest { (_, _) -> Int in throw FileError(.ioError, "x", while: "reading") }
    }
  }

  @Test func everyPrefixOfACheckpointIsPassedOver() throws {
    try makeUntil(3)
    let paths = try checkpoints()
    let bytes = try bench.disk.read(paths[1])
    let fingerprint = try #require(bench.plan(bench.job(Self.stages))["walk"]?.fingerprint)
    let store = CheckpointStore(
      folder: bench.layout.checkpoints("walk"), fingerprint: fingerprint, policy: CheckpointPolicy(), processor: "test", on: bench.disk
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
      folder: bench.folder.appending("c"), fingerprint: SHA256.digest(of: []), policy: CheckpointPolicy(every: 10, keep: 1), processor: "test", on: bench.disk,
      // The system's clock is set back all the while, which does not count.
      time: { 1e9 - 1000 * Double(now.all.last ?? 0) }, uptime: { now.all.last ?? 0 })
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

  @Test func durationsAreMeasuredByAClockThatNobodySets() throws {
    let job = try bench.job("text: {run: source, with: {file: \(try bench.write("in.txt", "a"))}}")
    let looks = Collector<Double>()
    let uptime: @Sendable () -> Double = {
      looks.add(0)
      return Double(looks.all.count)
    }
    let store = Store(at: bench.artifacts, on: bench.disk, time: { 1e9 - 3600 * uptime() }, uptime: uptime)
    let result = try Runner(job, store, Bench.circumstances, Runner.Options(), stop: StopFlag(), observer: Watcher { _ in }).run(["text"])
    let run = try #require(store.record(of: "text")?.run)
    #expect(result.made == ["text"] && run.finished < run.started)
    #expect((1...Double(looks.all.count)).contains(run.seconds))
  }

  /// An external file may hold hundreds of gigabytes: a signal is not left waiting while it is read for its digest.
  @Test(arguments: [
    (StopReason.terminate, .stopped(.terminate)), (.user1, .tryAgain), (.interrupt, .stopped(.interrupt)),
  ] as [(StopReason, RunResult.Outcome)])
  func aSignalWhileAnInputIsReadForItsDigestEndsTheRun(reason: StopReason, outcome: RunResult.Outcome) throws {
    try bench.write("in.txt", String(repeating: "a", count: 3 << 20))
    let job = try bench.job("text: {run: source, with: {file: FOLDER/in.txt}}")
    let stop = StopFlag()
    let read = Collector<Int>()
    let store = Store(at: bench.artifacts, on: bench.disk, time: { 0 }, reading: { _, done, _ in
      read.add(done)
      if done == 2 << 20 { stop.raise(reason) }
      try stop.check()
    })
    let result = try Runner(job, store, Bench.circumstances, Runner.Options(), stop: stop, observer: Watcher { _ in }).run(["text"])
    #expect(result.outcome == outcome && result.made == [] && read.all == [1 << 20, 2 << 20])
    #expect(try bench.disk.status(bench.artifacts) == nil)
  }

  /// Looking again at its inputs is broken off then, which must not hide what the run has done.
  @Test func aSignalWhenAStageHasEndedLeavesItsOutcome() throws {
    try bench.write("in.txt", "a")
    let stop = StopFlag()
    let store = Store(at: bench.artifacts, on: bench.disk, time: { Date().timeIntervalSince1970 }, reading: { _, _, _ in try stop.check() })
    let job = try bench.job("text: {run: source, with: {file: FOLDER/in.txt}}\nnext: {run: join, needs: {parts: text}}")
    let observer = Watcher { if case .finished = $0 { stop.raise(.terminate) } }
    let result = try Runner(job, store, Bench.circumstances, Runner.Options(), stop: stop, observer: observer).run(["next"])
    #expect(result.made == ["text"] && result.stopped == .terminate && result.outcome == .stopped(.terminate))
  }

  @Test func theDigestOfAnInputIsRememberedAlthoughTheStageFails() throws {
    // The stage takes a file only, and fails on a folder when it reads it.
    try bench.disk.makeDirectory(bench.folder.appending("in"))
    let path = try bench.write("in/in.txt", "a")
    let soon = Double(try #require(try bench.disk.status(path)).modified) / 1e9 + 10
    let job = try bench.job("text: {run: source, with: {file: FOLDER/in}}")
    let result = try Runner(
      job, Store(at: bench.artifacts, on: bench.disk, time: { soon }), Bench.circumstances, Runner.Options(), stop: StopFlag(),
      observer: Watcher { _ in }
    ).run(["text"])
    #expect(result.outcome == .failed)
    let read = Collector<FilePath>()
    _ = try Store(at: bench.artifacts, on: bench.disk, time: { soon }, reading: { file, _, _ in read.add(file) }).listing(of: job.stages)
    #expect(read.all == [])
  }
}
