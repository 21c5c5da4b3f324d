import Glibc
import IO
import Jobs
import Synchronization

/// Where a command writes: results to standard output, complaints and the progress line to standard error. Nothing that is written here can steer the terminal
/// but what this file adds.
final class Terminal: Sendable {
  private let write: @Sendable (Stream, String) throws -> Void
  /// Whether a person watches standard error, so that a line may be rewritten.
  let isLive: Bool
  /// How many columns the person's window has.
  let columns: @Sendable () -> Int
  private let hasOpenLine = Mutex(false)

  enum Stream { case output, error }

  init(isLive: Bool, columns: @escaping @Sendable () -> Int = { 120 }, write: @escaping @Sendable (Stream, String) throws -> Void) {
    (self.isLive, self.columns, self.write) = (isLive, columns, write)
  }

  /// Why results could not be written, the first time; nil while all went well. A closed pipe is not worth a word: nobody is there to read.
  private let loss = Mutex<Errno?>(nil)
  var lostOutput: Errno? { loss.withLock(\.self) }

  /// The process's own streams.
  static let standard = Terminal(isLive: Surroundings.isLive, columns: Surroundings.columns) { stream, text in
    let descriptor = stream == .output ? FileDescriptor.standardOutput : .standardError
    try descriptor.writeAll(text.utf8)
  }

  /// A line of result.
  func print(_ line: String) {
    closeLine()
    do {
      try write(.output, line.printable(keepsLines: true) + "\n")
    } catch {
      let why = (error as? Errno) ?? .ioError
      if why != .brokenPipe { loss.withLock { $0 = $0 ?? why } }
    }
  }

  /// A line about something that went wrong.
  func complain(_ line: String) {
    closeLine()
    try? write(.error, line.printable(keepsLines: true) + "\n")
  }

  /// Rewrites the progress line, cut to the window; nothing where nobody watches.
  func rewrite(_ line: String) {
    guard isLive else { return }
    hasOpenLine.withLock { $0 = true }
    try? write(.error, "\r\u{1B}[K" + line.printable().prefix(max(columns() - 1, 1)))
  }

  /// Tells on the progress line how much of a large file was read for its digest, every 64 MiB.
  @Sendable func tellReading(_ file: FilePath, _ done: Int, _ total: Int) {
    guard done % (64 << 20) == 0, total > 0 else { return }
    rewrite("reading \(file) for its digest: \(done * 100 / total)% of \(Table.size(total))")
  }

  /// The same for a run: a signal ends the reading.
  func tellReading(until stop: StopFlag) -> @Sendable (FilePath, Int, Int) throws -> Void {
    { file, done, total in
      try stop.check()
      self.tellReading(file, done, total)
    }
  }

  private func closeLine() {
    let wasOpen = hasOpenLine.withLock { open in
      defer { open = false }
      return open
    }
    if wasOpen { try? write(.error, "\r\u{1B}[K") }
  }
}

/// How much of some bytes was read, on a line that is rewritten when the next hundredth is done.
final class ByteProgress: Sendable {
  private let terminal: Terminal
  private let total: Int
  private let done = Mutex(0)

  init(_ terminal: Terminal, of total: Int) { (self.terminal, self.total) = (terminal, total) }

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
