/// How a run ended.
public struct RunResult: Sendable {
  /// Stages whose artifacts landed, in the order of landing.
  public var made: [String] = []
  /// Stages that only published their files for people again.
  public var published: [String] = []
  /// Stages that were skipped because another run made them (`--if-busy=skip`).
  public var skipped: [String] = []
  /// Failures in the order in which they came.
  public var failures: [StageFailure] = []
  /// Why the run stopped before its end; nil where it did not.
  public var stopped: StopReason?
  /// Whether the same command goes on where this one stopped: a stage left a checkpoint, or waited for another run.
  public var goesOn = false
  /// Whether it then comes further than this one did: else, with the same time, it would stop in the same place.
  public var gotFurther = false

  /// Whether there was nothing to do.
  public var didNothing: Bool { made.isEmpty && published.isEmpty && skipped.isEmpty && failures.isEmpty && stopped == nil }

  public enum Outcome: Equatable, Sendable {
    case success, failed, badSettings, missingInput, busy
    /// Stopped at a checkpoint; the same command goes on from there.
    case tryAgain
    case stopped(StopReason)
  }

  /// A failed stage outweighs the rest; then missing inputs and bad settings, then a busy stage; then how the run was stopped.
  public var outcome: Outcome {
    let kinds = failures.map(\.kind)
    if kinds.contains(.failed) { return .failed }
    if kinds.contains(.badSettings) { return .badSettings }
    if kinds.contains(.missingInput) { return .missingInput }
    if kinds.contains(.busy) { return .busy }
    switch stopped {
    case nil: return .success
    case .user1?, .user2?: return .tryAgain
    case .terminate?, .hangUp?: return goesOn ? .tryAgain : .stopped(stopped ?? .terminate)
    case .interrupt?: return .stopped(.interrupt)
    }
  }
}
