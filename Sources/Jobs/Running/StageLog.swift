import IO
import Logging
import Synchronization

/// A stage's log file. Losing a line to a full disk stops nothing.
final class StageLog: Sendable {
  private let file: OutputFile?
  private let disk: any Disk
  private let time: @Sendable () -> Double
  private let turn = Mutex(())

  /// Begins the log anew; where the run goes on from a checkpoint, after what the log holds.
  init(at path: FilePath, continuing: Bool, on disk: any Disk, time: @escaping @Sendable () -> Double) {
    (self.disk, self.time) = (disk, time)
    let before = continuing ? (try? disk.read(path)) ?? [] : []
    try? disk.remove(path)
    file = try? disk.create(path)
    put(before)
  }

  deinit {
    if let file { try? disk.close(file) }
  }

  /// Adds a line, with the time before it.
  func write(_ line: String) { put(Array("\(Clock.second(time())) \(line.printable(keepsLines: true))\n".utf8)) }

  private func put(_ bytes: [UInt8]) {
    guard let file else { return }
    turn.withLock { _ in try? disk.writeAll(bytes, to: file) }
  }

  /// A logger that writes here.
  /// - Parameter onWarning: is told of warnings, and of what is worse.
  func logger(_ stage: String, onWarning: @escaping @Sendable (String) -> Void) -> Logger {
    Logger(label: stage) { _ in Handler(log: self, onWarning: onWarning) }
  }

  private struct Handler: LogHandler {
    let log: StageLog
    let onWarning: @Sendable (String) -> Void
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(log: StageLog, onWarning: @escaping @Sendable (String) -> Void) { (self.log, self.onWarning) = (log, onWarning) }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
      let words = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
      log.write("\(event.level) \(event.message)\(words)")
      if event.level >= .warning { onWarning("\(event.message)\(words)") }
    }
  }
}
