import NN
import Testing

/// Learning rates at the edges of their stages.
@Suite struct ScheduleTests {
  @Test func aConstantStays() { expect(.constant, [(0, 1), (1_000_000, 1)]) }

  @Test func halvingHalvesAtEveryMultiple() {
    expect(.halving(every: 50), [(0, 1), (49, 1), (50, 0.5), (99, 0.5), (100, 0.25), (149, 0.25), (150, 0.125)])
  }

  @Test func halvingNeverReachesZero() { #expect(Schedule.halving(every: 1).factor(at: 1_000_000) > 0) }

  @Test func aLinearDecayStaysThenFallsToZero() {
    expect(.linear(start: 100, end: 200), [(0, 1), (99, 1), (100, 1), (150, 0.5), (199, 0.01), (200, 0), (5000, 0)])
  }

  @Test func aLinearDecayFromTheStartIsOneAtStepZero() { expect(.linear(start: 0, end: 4), [(0, 1), (1, 0.75), (3, 0.25), (4, 0)]) }

  @Test func aLinearDecayWithoutStepsFallsAtOnce() { expect(.linear(start: 10, end: 10), [(9, 1), (10, 0), (11, 0)]) }

  @Test func stagesFollowEachOtherAndTheLastStays() {
    let stages = [RateStage(steps: 3, factor: 1), RateStage(steps: 0, factor: 9), RateStage(steps: 2, factor: 0.1)]
    expect(.stages(stages), [(0, 1), (2, 1), (3, 0.1), (4, 0.1), (5, 0.1), (100, 0.1)])
    expect(.stages([]), [(0, 1), (7, 1)])
  }

  @Test func oneCycleRisesToItsPeakAndFallsToZero() {
    expect(.oneCycle(peak: 4, end: 8), [(0, 0.25), (1, 0.5), (3, 1), (4, 1), (5, 0.75), (7, 0.25), (8, 0), (9, 0)])
  }

  @Test func oneCycleWithoutARiseStartsAtItsPeak() { expect(.oneCycle(peak: 0, end: 2), [(0, 1), (1, 0.5), (2, 0)]) }

  private func expect(_ schedule: Schedule, _ factors: [(step: Int, factor: Float)], sourceLocation: SourceLocation = #_sourceLocation) {
    for (step, factor) in factors { #expect(schedule.factor(at: step) == factor, "step \(step)", sourceLocation: sourceLocation) }
  }
}
