import IO

/// What happens in a run, for those who show it.
public enum RunEvent: Sendable {
  /// The first plan, before anything runs.
  case planned(Plan)
  /// A stage begins. `number` counts from 1; `total` is how many stages were not up to date in the first plan.
  case started(PlannedStage, number: Int, total: Int)
  case progress(stage: String, StageProgress)
  /// Something one should know of the stage's result, in one sentence without a full stop.
  case warned(stage: String, String)
  /// The artifact landed. `isSame`: it came out with the content that it had before.
  case finished(stage: String, seconds: Double, isSame: Bool)
  /// A stage that might have had to run need not: its inputs came out as they were.
  case spared(stage: String)
  /// Another run made the stage meanwhile.
  case foundMade(stage: String)
  /// Another run holds the stage, and this one waits for it (`--if-busy=wait`), or skips it (`--if-busy=skip`).
  case waiting(stage: String, StageBusy)
  case skipped(stage: String, StageBusy)
  /// The stage's files for people were written.
  case published(stage: String)
  /// The stage stopped because the stop flag was raised.
  case stopped(stage: String, StageStop)
  case failed(StageFailure)
}

/// How a stage stopped when it was asked to.
public enum StageStop: Equatable, Sendable {
  /// Before it began: it waited for another run, or its inputs were looked at.
  case before
  /// With nothing to go on from.
  case empty
  /// With a checkpoint; `isFurther` than the one that this run went on from.
  case checkpoint(step: Int, isFurther: Bool)

  /// Whether the same command goes on rather than begins anew.
  var goesOn: Bool { self != .empty }

  /// Whether going on like this comes to an end.
  var isFurther: Bool {
    switch self {
    case .before: true
    case .empty: false
    case .checkpoint(_, let isFurther): isFurther
    }
  }
}

/// Watches a run. Called from several threads, one at a time.
public protocol RunObserver: Sendable {
  func handle(_ event: RunEvent)
}

/// Why a stage did not get its artifact.
public struct StageFailure: Error, Equatable, CustomStringConvertible, Sendable {
  public enum Kind: Sendable { case failed, missingInput, badSettings, busy }
  public let stage: String
  public let kind: Kind
  /// The cause in one sentence.
  public let sentence: String
  /// The stage's log; nil where it did not get so far.
  public let log: FilePath?

  public var description: String {
    if kind == .busy { return sentence }
    let log = log.map { " (log: \($0))" } ?? ""
    return "stage '\(stage)' failed: \(sentence)\(log)"
  }
}
