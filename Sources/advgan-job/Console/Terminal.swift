import Glibc
import IO
import Synchronization

/// Where a command writes: results to standard output, complaints and the progress line to standard error.
final class Terminal: Sendable {
  private let write: @Sendable (Stream, String) -> Void
  /// Whether a person watches standard error, so that a line may be rewritten.
  let isLive: Bool
  private let hasOpenLine = Mutex(false)

  enum Stream { case output, error }

  init(isLive: Bool, write: @escaping @Sendable (Stream, String) -> Void) {
    self.isLive = isLive
    self.write = write
  }

  /// The process's own streams. A closed pipe is not worth a word: nobody is there to read it.
  static let standard = Terminal(isLive: isatty(STDERR_FILENO) == 1) { stream, text in
    let descriptor = stream == .output ? FileDescriptor.standardOutput : .standardError
    _ = try? descriptor.writeAll(text.utf8)
  }

  /// A line of result.
  func print(_ line: String) {
    closeLine()
    write(.output, line + "\n")
  }

  /// A line about something that went wrong.
  func complain(_ line: String) {
    closeLine()
    write(.error, line + "\n")
  }

  /// Rewrites the progress line; nothing where nobody watches.
  func rewrite(_ line: String) {
    guard isLive else { return }
    hasOpenLine.withLock { $0 = true }
    write(.error, "\r\u{1B}[K" + line)
  }

  private func closeLine() {
    let wasOpen = hasOpenLine.withLock { open in
      defer { open = false }
      return open
    }
    if wasOpen { write(.error, "\r\u{1B}[K") }
  }
}
