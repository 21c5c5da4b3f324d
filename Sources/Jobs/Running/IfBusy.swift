/// What to do with a stage that another run holds.
public enum IfBusy: Equatable, Sendable {
  /// The stage fails, with exit status 9.
  case fail
  /// Leave it to the other run, and what depends on it.
  case skip
  /// Wait, at most so many seconds; without end where nil.
  case wait(seconds: Double?)

  /// `fail`, `skip`, `wait` or `wait:SECONDS`; nil for anything else.
  public init?(_ word: String) {
    switch word {
    case "fail": self = .fail
    case "skip": self = .skip
    case "wait": self = .wait(seconds: nil)
    default:
      guard word.hasPrefix("wait:"), let seconds = Double(word.dropFirst(5)), seconds >= 0, seconds.isFinite else { return nil }
      self = .wait(seconds: seconds)
    }
  }

  /// Whether to go on waiting when so many seconds have passed.
  func waits(after seconds: Double) -> Bool {
    guard case .wait(let most) = self else { return false }
    return most.map { seconds < $0 } ?? true
  }
}
