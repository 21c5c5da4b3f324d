import IO

/// How far a stage is.
public struct StageProgress: Codable, Equatable, Sendable {
  /// Units done, and to do in all.
  public var done: Int
  public var total: Int
  /// In the plural, such as `steps`.
  public var unit: String
  public var note: String
  /// Units done when this run of the stage began to report, and seconds since then, by a clock that nobody sets.
  public var doneAtStart: Int
  public var elapsed: Double
  /// The time of this report, in seconds since 1970.
  public var now: Double

  /// Units a second since the start; nil before the first.
  public var rate: Double? { done > doneAtStart && elapsed > 0 ? Double(done - doneAtStart) / elapsed : nil }

  /// Seconds left at this rate; nil before it is known.
  public var secondsLeft: Double? { rate.map { Double(max(total - done, 0)) / $0 } }
}

extension StageProgress {
  /// nil for a note that is missing, torn, or holds numbers that no run writes.
  init?(reading path: FilePath, on disk: any Disk) {
    guard let progress = JSON.decode(StageProgress.self, from: path, on: disk) else { return nil }
    let counts = [progress.done, progress.total, progress.doneAtStart]
    let times = [progress.elapsed, progress.now]
    guard counts.allSatisfy((0...1 << 50).contains), times.allSatisfy({ (0...1e11).contains($0) }) else { return nil }
    self = progress
  }
}
