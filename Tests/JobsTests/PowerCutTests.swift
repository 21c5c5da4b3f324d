import DiskSupport
import Foundation
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// Cuts the power at every single change of the disk, in every way that it may leave the disk, and makes again.
@Suite struct PowerCutTests {
  static let seed = UInt64.random(in: 0 ... .max)
  static let fates = PowerFate.all(seed: seed)
  /// All that was not flushed is lost.
  static let worst = PowerFate(.undone, .cut)
  static let walk = "walk: {run: walk, with: {steps: 4}, checkpoint: {every: 0s, keep: 2}}"
  static let gather = "gather: {run: gather, with: {pieces: 3}}"
  static let graph = """
    text: {run: source, with: {file: FOLDER/in.txt}}
    count: {run: count, needs: {text: text}}
    join: {run: join, needs: {parts: count}, with: {published: true}}
    """

  @Test func aCutAtAnyChangeCostsNoResultAndLeavesNothing() throws {
    // The other fates are those of a single stage, below.
    try cutEverywhere(Self.graph, [PowerFate(.kept, .garbled), Self.worst, PowerFate(.mixed, .mixed, seed: Self.seed)])
  }

  @Test func soDoesACutWhileAStageGoesOnFromACheckpoint() throws {
    try cutEverywhere(Self.walk) { bench, job in try bench.make(job, stoppingAt: 2) }
  }

  @Test func soDoesACutWhileAStageWorksInPieces() throws {
    try cutEverywhere(Self.gather, [PowerFate(.kept, .garbled), Self.worst, PowerFate(.mixed, .mixed, seed: Self.seed)]) { bench, job in
      try bench.make(job, stoppingAt: 1)
    }
  }

  @Test func orWhileAnotherArtifactTakesTheOldOnesPlace() throws {
    try cutEverywhere("walk: {run: walk, with: {steps: 3}}") { bench, _ in try bench.make(bench.job("walk: {run: walk, with: {steps: 2}}"))
    }
  }

  /// Power that goes when the run is over, which said that all went well.
  @Test func aRunThatSucceededIsNotUndoneByACut() throws {
    let whole = try Whole(Self.graph)
    let (bench, job) = try bench(Self.graph)
    let disk = try PowerCutDisk(at: bench.folder)
    #expect(try bench.make(job, on: disk).outcome == .success)
    for fate in Self.fates {
      try disk.ruin(fate).replace(bench.folder)
      try bench.expectDurable(job, whole, "\(fate)")
    }
  }

  /// What a killed process left may not be lasting yet: the next one must not take it for granted.
  @Test func norIsOneThatCameAfterAKill() throws {
    let stages = "x: {run: join}"
    let whole = try Whole(stages)
    try killEverywhere(stages) { bench, job, disk, place in
      #expect(try bench.make(job, on: disk).outcome == .success)
      try disk.ruin(Self.worst).replace(bench.folder)
      try bench.expectDurable(job, whole, place)
    }
  }

  @Test func norIsACheckpointThatCameAfterAKill() throws { try expectGoingOnAfterAKill(Self.walk, steps: [3, 4]) }

  @Test func norIsAPieceThatCameAfterAKill() throws { try expectGoingOnAfterAKill(Self.gather, steps: [3]) }

  /// - Parameter steps: what is left to do after a run that was killed anywhere, one that was stopped, and a loss of power.
  private func expectGoingOnAfterAKill(_ stages: String, steps expected: [Int]) throws {
    try killEverywhere(stages, stoppingAt: 1) { bench, job, disk, place in
      // What goes on from the first step's state, or piece, stops at the second's.
      #expect(try bench.make(job, stoppingAt: 2, on: disk).outcome == .tryAgain, "\(place)")
      // Else states that were being saved would pile up, as large as the others.
      #expect(try !bench.leftovers().contains { $0.contains(".tmp-") }, "\(place)")
      try disk.ruin(Self.worst).replace(bench.folder)
      let steps = Collector<Int>()
      try bench.make(job) { if case .progress(_, let progress) = $0 { steps.add(progress.done) } }
      #expect(steps.all == expected, "\(place)")
    }
  }

  /// Makes; then, from each state in which the power could have left the folder meanwhile, makes again.
  /// - Parameter before: what comes before the run whose power is cut; all of it is lasting.
  private func cutEverywhere(_ stages: String, _ fates: [PowerFate] = fates, before: (Bench, Job) throws -> Void = { _, _ in }) throws {
    let whole = try Whole(stages)
    let (bench, job) = try bench(stages)
    try before(bench, job)
    let disk = try PowerCutDisk(at: bench.folder, cutting: fates)
    #expect(try bench.make(job, on: disk).outcome == .success)
    for (ruin, place) in disk.ruins {
      try ruin.replace(bench.folder)
      try bench.expectNothingWrong(job, place)
      #expect(try bench.make(job).outcome == .success, "\(place)")
      try bench.expectWhole(job, whole, place)
    }
    #expect(disk.ruins.count > 50)
  }

  /// Kills a run before each of its changes, and does what comes after.
  private func killEverywhere(
    _ stages: String, stoppingAt step: Int = .max, then body: (Bench, Job, PowerCutDisk, String) throws -> Void
  ) throws {
    for change in 1... {
      let (bench, job) = try bench(stages)
      let disk = try PowerCutDisk(at: bench.folder)
      let dying = FaultyDisk(.forEver(.ioError), at: change, of: .changes, on: disk)
      // What the dying run says of itself does not matter; what it leaves does.
      _ = try? bench.make(job, stoppingAt: step, on: dying)
      try body(bench, job, disk, "killed before change \(change)")
      if !dying.struck { return #expect(change > 25) }
    }
  }

  private func bench(_ stages: String) throws -> (Bench, Job) {
    let bench = try Bench(on: HastyDisk(hidesTraces: true))
    try bench.write("in.txt", "Abba and banana")
    return (bench, try bench.job(stages))
  }
}
