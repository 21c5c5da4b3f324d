import ArgumentParser
import Glibc
import IO
import Jobs
import NN

/// `advgan-job log`.
struct Log: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Print the log of a stage's last run.",
    discussion: """
      With -f, keeps printing what is added while the stage runs, notes when a new run starts the log over, and exits when the stage ends. \
      Exit status 66 if there is no log.
      """)

  @OptionGroup var jobOptions: LongJobOptions
  @Argument(help: "A stage of the job file.", completion: TargetCompletion.kind) var stage: String
  @Flag(name: [.customShort("f"), .customLong("follow")], help: "Keep printing while the stage runs.") var follows = false
  @Option(name: [.customShort("n", allowingJoined: true), .customLong("lines")], help: ArgumentHelp("Only the last lines, this many.", valueName: "count"))
  var count: Int?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    if let count, count < 0 { throw ValidationError("--lines must be at least 0, not \(count)") }
    guard !follows || !json else { throw ValidationError("a log that is followed has no end: leave --json or --follow out") }
  }

  func run(with _: KernelChoice) throws {
    try jobOptions.enter()
    let job = try jobOptions.job(Stages.registry, on: LocalDisk())
    // A fifth of a second: as quick as an eye.
    try perform(job, on: LocalDisk(), terminal: .standard) { usleep(200_000) }
  }

  /// - Parameter pause: lets some time pass between two looks at a log that is followed.
  func perform(_ job: Job, on disk: any Disk, terminal: Terminal, pause: () -> Void) throws {
    let stage = try job.oneStage(stage).name
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time)
    let path = store.layout.log(stage)
    while follows, try !disk.exists(path), store.isRunning(stage, seenFrom: Surroundings.host()) { pause() }
    guard try disk.exists(path) else {
      throw FileError(.missing, path, expected: "the log of a run of stage '\(stage)'", advice: "the stage has not run yet: make it")
    }
    var reader = try LogReader(path)
    if json { return terminal.print(try document(&reader, stage, path, store)) }
    try begin(&reader).forEach(terminal.print)
    if follows { try follow(&reader, stage, store, terminal, pause) }
    reader.unfinished().forEach(terminal.print)
    // A run that was killed leaves no last line.
    if follows, store.hasLeftOwner(stage) { terminal.print("-- \(stage) ended without a word: it was killed, or its machine went down --") }
  }

  /// The lines that are there; the last ones where so many were asked for.
  private func begin(_ reader: inout LogReader) throws -> [String] {
    var lines: [String] = []
    while let more = try reader.next() {
      lines += more
      if let count { lines.removeFirst(max(lines.count - count, 0)) }
    }
    return lines
  }

  private func follow(_ reader: inout LogReader, _ stage: String, _ store: Store, _ terminal: Terminal, _ pause: () -> Void) throws {
    while true {
      // Asked before reading: whatever the run wrote before it gave the lock back is then read.
      let isRunning = store.isRunning(stage, seenFrom: Surroundings.host())
      while let lines = try reader.next() { lines.forEach(terminal.print) }
      if try reader.followReplacement(on: store.disk) {
        reader.unfinished().forEach(terminal.print)
        terminal.print("-- \(stage) is run anew --")
        continue
      }
      guard isRunning else { return }
      pause()
    }
  }

  private func document(_ reader: inout LogReader, _ stage: String, _ path: FilePath, _ store: Store) throws -> String {
    let lines = try begin(&reader) + reader.unfinished()
    let isRunning = store.isRunning(stage, seenFrom: Surroundings.host())
    return Document.text("log", LogDocument(stage: stage, path: path.string, running: isRunning, lines: lines))
  }
}

/// `log --json`.
struct LogDocument: Codable {
  let stage: String, path: String, running: Bool, lines: [String]
}
