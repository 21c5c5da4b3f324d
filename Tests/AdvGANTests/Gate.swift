import Foundation

/// Closed until it is opened: a test holds the threads that it watches, without waiting for any length of time.
final class Gate: @unchecked Sendable {
  private let lock = NSCondition()
  private var isOpen = false

  func open() {
    lock.lock()
    isOpen = true
    lock.broadcast()
    lock.unlock()
  }

  func wait() {
    lock.lock()
    while !isOpen { lock.wait() }
    lock.unlock()
  }
}

extension DispatchSemaphore {
  /// Whether it was signalled so often. False only where something is wrong: then it waits a minute.
  func isSignalled(times: Int = 1) -> Bool { (0..<times).allSatisfy { _ in wait(timeout: .now() + 60) == .success } }
}
