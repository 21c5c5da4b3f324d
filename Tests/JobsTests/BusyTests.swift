import IO
import Synchronization
import Testing

@testable import Jobs
@testable import jobs_fixture

/// What happens to a stage that another run holds (`--if-busy`), and what a dead run leaves to be told.
@Suite(.timeLimit(.minutes(1))) struct BusyTests {
  let bench: Bench
  static let stages = "x: {run: join}\ny: {run: join, needs: {parts: x}}\nz: {run: join}"

  init() throws { bench = try Bench() }

  /// Makes while `x` is held, until `watch` lets it go.
  func make(
    _ ifBusy: IfBusy, stop: StopFlag = StopFlag(), whenMade: @escaping @Sendable (Held) -> Void = { _ in },
    whenWaiting: @escaping @Sendable (Held) -> Void = { _ in }
  ) throws -> (RunResult, told: [String]) {
    let store = bench.store()
    try store.prepare()
    let held = Held(try StageLock("x", in: bench.layout, for: Bench.circumstances, at: 60, on: bench.disk))
    let told = Collector<String>()
    let result = try bench.make(bench.job(Self.stages), [], Runner.Options(keepsGoing: true, ifBusy: ifBusy), stop: stop) { event in
      switch event {
      case .waiting(let stage, let busy):
        told.add("\(stage) waits: \(busy.who)")
        whenWaiting(held)
      case .skipped(let stage, let busy): told.add("\(stage) left: \(busy.who)")
      case .started(let stage, let number, let total): told.add("[\(number)/\(total)] \(stage.name)")
      case .finished: whenMade(held)
      default: break
      }
    }
    held.release()
    return (result, told.all)
  }

  static let who = "stage 'x' is being run by tester on bench (pid 1) since 1970-01-01 00:01 UTC"

  @Test func failingIsABusyFailure() throws {
    let (result, told) = try make(.fail)
    #expect(result.outcome == .busy && result.made == ["z"] && told == ["[1/3] x", "[2/3] z"])
    #expect(result.failures.map(\.description) == ["\(Self.who); wait for it to end and run again"])
  }

  @Test func skippingLeavesTheStageAndWhatDependsOnItAndSucceeds() throws {
    let (result, told) = try make(.skip)
    #expect(result.outcome == .success && result.made == ["z"] && result.skipped == ["x"] && !result.didNothing)
    #expect(told == ["[1/3] x", "x left: \(Self.who)", "[2/3] z"])
  }

  @Test func waitingGoesOnWhenTheOtherRunEnds() throws {
    let (result, told) = try make(.wait(seconds: nil), whenWaiting: { $0.release() })
    #expect(result.outcome == .success && Set(result.made) == ["x", "y", "z"])
    #expect(told == ["[1/3] x", "x waits: \(Self.who)", "[2/3] z", "[3/3] y"])
  }

  @Test func aStageThatWaitsKeepsNoOtherFromRunning() throws {
    let (result, _) = try make(.wait(seconds: nil), whenMade: { $0.release() })
    #expect(result.outcome == .success && result.made == ["z", "x", "y"])
  }

  @Test func waitingEndsAtItsTimeOrAtASignal() throws {
    #expect(try make(.wait(seconds: 0)).0.outcome == .busy)
    let (late, told) = try make(.wait(seconds: 0.01))
    #expect(late.outcome == .busy && told.contains("x waits: \(Self.who)"))
    #expect(late.failures.map(\.description) == ["\(Self.who); wait for it to end and run again"])
    let stop = StopFlag()
    let (result, _) = try make(.wait(seconds: nil), stop: stop, whenWaiting: { _ in stop.raise(.terminate) })
    #expect(result.outcome == .tryAgain && result.made == [] && result.gotFurther)
  }

  @Test(arguments: [("fail", IfBusy.fail), ("skip", .skip), ("wait", .wait(seconds: nil)), ("wait:90", .wait(seconds: 90))])
  func aWordNamesWhatToDo(word: String, meaning: IfBusy) { #expect(IfBusy(word) == meaning) }

  @Test(arguments: ["", "wait:", "wait:-1", "wait:inf", "wait:nan", "sit", "wait: 5"])
  func otherWordsNameNothing(word: String) { #expect(IfBusy(word) == nil) }

  @Test func aRunThatWasKilledIsToldOfAndBlocksNothing() throws {
    try bench.store().prepare()
    try JSON.publish(LockOwner(holder: Bench.circumstances, since: 60), at: bench.layout.owner("x"), on: bench.disk)
    let warnings = Collector<String>()
    let result = try bench.make(bench.job(Self.stages)) { if case .warned(_, let words) = $0 { warnings.add(words) } }
    #expect(result.made == ["x", "y", "z"])
    #expect(
      warnings.all == [
        "an earlier run by tester on bench (pid 1), begun 1970-01-01 00:01 UTC, ended without a word: it was killed, or its machine went down"
      ])
    #expect(try bench.disk.status(bench.layout.owner("x")) == nil)
  }

  @Test func aRunOnAnotherMachineMayStillBeAtWork() {
    var holder = Bench.circumstances
    holder.host = "gpu07"
    #expect(
      LockOwner(holder: holder, since: 60).obituary(from: "bench")
        == "an earlier run by tester on gpu07 (pid 1), begun 1970-01-01 00:01 UTC, ended without a word: it was killed, or its machine went "
        + "down, or this file system shares no locks between machines, and it is still at work")
  }

  @Test func aNoteThatWouldMoveTheCursorIsNone() throws {
    var holder = Bench.circumstances
    holder.host = "gpu07\u{1B}[2J"
    try bench.store().prepare()
    try JSON.publish(LockOwner(holder: holder, since: 60), at: bench.layout.owner("x"), on: bench.disk)
    #expect(LockOwner(reading: bench.layout.owner("x"), on: bench.disk) == nil)
  }

  /// A note of a run on another machine, that said how far it is at a time.
  func note(host: String, sign: Double) throws {
    try bench.store().prepare()
    var holder = Bench.circumstances
    holder.host = host
    try JSON.publish(LockOwner(holder: holder, since: 1000), at: bench.layout.owner("x"), on: bench.disk)
    let progress = StageProgress(done: 3, total: 9, unit: "steps", note: "", doneAtStart: 0, elapsed: 8, now: sign)
    try JSON.publish(progress, at: bench.layout.progress("x"), on: bench.disk)
  }

  /// The status of `x` seen from a machine named `here`, at a time.
  func status(at time: Double) throws -> StageStatus {
    let store = Store(at: bench.artifacts, on: bench.disk, time: { time })
    return try store.status(of: bench.plan(bench.job(Self.stages)), seenFrom: "here")[0]
  }

  /// Some shared file systems keep locks to one machine.
  @Test func aRunOnAnotherMachineIsSeenByItsSignsOfLife() throws {
    try note(host: "gpu07", sign: 5000)
    let seen = try status(at: 5899)
    #expect(seen.word == "running" && seen.lastSign == 5000 && seen.owner?.holder.host == "gpu07" && seen.progress?.done == 3)
    #expect(try status(at: 0).word == "missing", "a sign from the future is none")
    let dead = try status(at: 5901)
    #expect(dead.word == "missing" && dead.owner == nil && dead.lastSign == nil)
  }

  @Test func aNoteOfThisMachineCountsOnlyWithItsLock() throws {
    try note(host: "here", sign: 5000)
    #expect(try status(at: 5001).word == "missing")
    let lock = try StageLock("x", in: bench.layout, for: Bench.circumstances, at: 5000, on: bench.disk)
    let held = try status(at: 5001)
    #expect(held.word == "running" && held.lastSign == nil)
    _ = consume lock
  }
}

/// A lock that can be let go from another thread.
final class Held: Sendable {
  private let lock: Mutex<StageLock?>
  init(_ lock: consuming StageLock) { self.lock = Mutex(lock) }
  func release() { lock.withLock { $0 = nil } }
}
