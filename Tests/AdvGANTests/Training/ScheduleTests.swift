import Jobs
import Testing

@testable import AdvGAN

/// Learning rates at the edges of their stages.
@Suite struct ScheduleTests {
  private let length = TrainingLength(epochs: 8, stepsPerEpoch: 10)

  private func schedule(_ settings: [String: JSON]) throws -> any Schedule {
    var reader = SettingsReader(["schedule": .object(settings)], owner: "the test")
    return try reader.choose("schedule", from: Schedules.all)
  }

  private func expect(
    _ settings: [String: JSON], _ factors: [(step: Int, factor: Double)], sourceLocation: SourceLocation = #_sourceLocation
  ) throws {
    let schedule = try schedule(settings)
    for (step, factor) in factors {
      #expect(abs(schedule.factor(at: step, length) - factor) <= 1e-7 * factor, "step \(step)", sourceLocation: sourceLocation)
    }
  }

  @Test func aConstantStays() throws { try expect(["kind": "constant"], [(0, 1), (1_000_000, 1)]) }

  @Test func aStepFallsAtEveryMultiple() throws {
    try expect(["kind": "step", "every": 5], [(0, 1), (49, 1), (50, 0.5), (99, 0.5), (100, 0.25), (149, 0.25), (150, 0.125)])
    #expect(try schedule(["kind": "step", "every": 1]).factor(at: 1_000_000, length) > 0)
  }

  @Test func milestonesFollowEachOtherAndTheLastStays() throws {
    try expect(["kind": "multi-step", "at": .array([2, 4, 5])], [(0, 1), (19, 1), (20, 0.1), (39, 0.1), (40, 0.01), (50, 0.001), (10_000, 0.001)])
    #expect(throws: JobFileError.self) { try schedule(["kind": "multi-step", "at": .array([4, 2])]) }
  }

  @Test func aLinearDecayStaysThenFallsToZero() throws {
    try expect(["kind": "linear", "from": 4], [(0, 1), (39, 1), (40, 1), (60, 0.5), (79, 0.025), (80, 0), (5000, 0)])
    try expect(["kind": "linear"], [(40, 1), (60, 0.5)])
    try expect(["kind": "linear", "from": 0], [(0, 1), (20, 0.75), (80, 0)])
    try expect(["kind": "linear", "from": 8], [(79, 1), (80, 0), (81, 0)])
    #expect(try schedule(["kind": "linear", "from": 9]).problem(epochs: 8) == "'from' must be at most the number of epochs, 8, but is 9")
  }

  @Test func oneCycleRisesToItsPeakAndFallsToZero() throws {
    try expect(["kind": "one-cycle", "peak": 4], [(0, 0.025), (1, 0.05), (39, 1), (40, 1), (60, 0.5), (79, 0.025), (80, 0), (90, 0)])
    try expect(["kind": "one-cycle"], [(31, 1), (32, 1), (56, 0.5)])
    try expect(["kind": "one-cycle", "peak": 0], [(0, 1), (40, 0.5), (80, 0)])
    #expect(try schedule(["kind": "one-cycle", "peak": 8.5]).problem(epochs: 8) != nil)
  }

  @Test func optimisersBeginAnewWhereTheRateFalls() throws {
    func resets(_ settings: [String: JSON]) throws -> [Int] {
      let schedule = try schedule(settings)
      return (0..<length.steps).filter { schedule.resetsOptimisers(at: $0, length) }
    }
    #expect(try resets(["kind": "step", "every": 3, "resets_optimiser": true]) == [30, 60])
    #expect(try resets(["kind": "multi-step", "at": .array([1, 7]), "resets_optimiser": true]) == [10, 70])
    #expect(try resets(["kind": "step", "every": 3]) == [] && resets(["kind": "linear"]) == [])
  }
}
