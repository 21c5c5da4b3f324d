import IO
import Logging
import Synchronization

/// A stage's log file. Losing a line to a full disk stops nothing.
final class StageLog: Sendable {
  private let file: OutputFile?
  private let disk: any Disk
  private let time: @Sendable () -> Double
  private let turn = Mutex(())

  /// Begins the log anew.
  init(at path: FilePath, on disk: any Disk, time: @escaping @Sendable () -> Double) {
    self.disk = disk
    self.time = time
    try? disk.remove(path)
    file = try? disk.create(path)
  }

  deinit {
    if let file { try? disk.close(file) }
  }

  /// Adds a line, with the time before it.
  func write(_ line: String) {
    guard let file else { return }
    let bytes = Array("\(Clock.second(time())) \(line)\n".utf8)
    turn.withLock { _ in
      bytes.withUnsafeBytes { bytes in
        var rest = bytes[...]
        while !rest.isEmpty, let count = try? disk.write(UnsafeRawBufferPointer(rebasing: rest), to: file), count > 0 {
          rest = rest.dropFirst(count)
        }
      }
    }
  }

  /// A logger that writes here.
  func logger(_ stage: String) -> Logger { Logger(label: stage) { _ in Handler(log: self) } }

  private struct Handler: LogHandler {
    let log: StageLog
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info

    init(log: StageLog) { self.log = log }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
      let metadata = metadata.merging(event.metadata ?? [:]) { $1 }
      let words = metadata.sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }.joined()
      log.write("\(event.level) \(event.message)\(words)")
    }
  }
}
