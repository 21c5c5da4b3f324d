import Synchronization

/// How much of some bytes was read, on a line that is rewritten when the next hundredth is done.
final class ByteProgress: Sendable {
  private let terminal: Terminal
  private let total: Int
  private let done = Mutex(0)

  init(_ terminal: Terminal, of total: Int) {
    (self.terminal, self.total) = (terminal, total)
  }

  /// So many bytes more.
  func add(_ count: Int) {
    let (before, now) = done.withLock { done in
      defer { done += count }
      return (done, done + count)
    }
    let step = max(total / 100, 1 << 20)
    guard now / step > before / step else { return }
    terminal.rewrite("\(Table.size(now)) of \(Table.size(total)) read")
  }
}
