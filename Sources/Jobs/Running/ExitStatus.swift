/// The program's exit statuses: Make's where Make has one, sysexits' for the rest, 128 + signal for signals.
public enum ExitStatus {
  public static let success: Int32 = 0
  /// `-q`, `status --check`: something is stale; `diff`: two things differ.
  public static let stale: Int32 = 1
  /// A stage failed.
  public static let failure: Int32 = 2
  /// `verify`, `inspect` or `diff` found damage.
  public static let damaged: Int32 = 3
  /// Another run holds a stage.
  public static let busy: Int32 = 9
  /// Wrong use of the command line.
  public static let usage: Int32 = 64
  /// A mistake in the job file.
  public static let badJobFile: Int32 = 65
  /// An input file is missing.
  public static let missingInput: Int32 = 66
  /// Stopped at a checkpoint; the same command goes on from there.
  public static let tryAgain: Int32 = 75
}

/// How a run ended.
public struct RunResult: Sendable {
  /// Stages whose artifacts landed, in the order of landing.
  public var made: [String] = []
  /// Stages that only published their files for people again.
  public var published: [String] = []
  /// Stages that were left to another run (`--if-busy=skip`).
  public var left: [String] = []
  /// Failures in the order in which they came.
  public var failures: [StageFailure] = []
  /// Why the run stopped before its end; nil where it did not.
  public var stopped: StopReason?
  /// Whether the same command goes on where this one stopped: a stage left a checkpoint, or waited for another run.
  public var goesOn = false
  /// Whether it then comes further than this one did: else, with the same time, it would stop in the same place.
  public var gotFurther = false

  /// Whether there was nothing to do.
  public var didNothing: Bool { made.isEmpty && published.isEmpty && left.isEmpty && failures.isEmpty && stopped == nil }

  /// A failed stage outweighs the rest; then missing inputs and bad settings, then a busy stage; then how the run was stopped.
  public var exitStatus: Int32 {
    let kinds = failures.map(\.kind)
    if kinds.contains(.failed) { return ExitStatus.failure }
    if kinds.contains(.badSettings) { return ExitStatus.badJobFile }
    if kinds.contains(.missingInput) { return ExitStatus.missingInput }
    if kinds.contains(.busy) { return ExitStatus.busy }
    switch stopped {
    case nil: return ExitStatus.success
    case .interrupt?: return 128 + StopReason.interrupt.signal
    case .user1?, .user2?: return ExitStatus.tryAgain
    case .terminate?, .hangUp?: return goesOn ? ExitStatus.tryAgain : 128 + (stopped?.signal ?? 0)
    }
  }
}
