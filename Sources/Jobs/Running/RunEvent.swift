import IO

/// What happens in a run, for whoever shows it.
public enum RunEvent: Sendable {
  /// The first plan, before anything runs.
  case planned(Plan)
  /// A stage begins. `number` counts from 1; `total` is how many stages the first plan did not keep.
  case started(PlannedStage, number: Int, total: Int)
  case progress(stage: String, StageProgress)
  /// Something one should know of the stage's result, in one sentence without a full stop.
  case warned(stage: String, String)
  /// The artifact landed. `isSame`: it came out with the content that it had before.
  case finished(stage: String, seconds: Double, isSame: Bool)
  /// A stage that might have had to run need not: its inputs came out as they were, or another run made it.
  case spared(stage: String)
  /// Another run holds the stage, and this one waits for it (`--if-busy=wait`), or leaves the stage to it (`--if-busy=skip`).
  case waiting(stage: String, StageBusy)
  case left(stage: String, StageBusy)
  /// The stage's files for people were written.
  case published(stage: String)
  /// The stage left because the stop flag was raised. `step`: of its newest checkpoint, nil where it has none.
  case stopped(stage: String, step: Int?)
  case failed(StageFailure)
}

/// How far a stage is.
public struct StageProgress: Codable, Equatable, Sendable {
  /// Units done, and to do in all.
  public var done: Int
  public var total: Int
  /// In the plural, such as `steps`.
  public var unit: String
  public var note: String
  /// Units done when this run of the stage began to report, and when that was and is, in seconds since 1970.
  public var doneAtStart: Int
  public var started: Double
  public var now: Double

  /// Units a second since the start; nil before the first.
  public var rate: Double? { done > doneAtStart && now > started ? Double(done - doneAtStart) / (now - started) : nil }

  /// Seconds left at this rate; nil before it is known.
  public var secondsLeft: Double? { rate.map { Double(max(total - done, 0)) / $0 } }
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
