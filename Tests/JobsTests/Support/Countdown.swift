import Synchronization

/// Counts down from several threads.
final class Countdown: Sendable {
  private let left: Mutex<Int>

  init(_ count: Int) { left = Mutex(count) }

  /// Whether one was left; takes it.
  func next() -> Bool {
    left.withLock { left in
      left -= 1
      return left >= 0
    }
  }

  /// Whether more were asked for than there were.
  var isOver: Bool { left.withLock { $0 < 0 } }
}
