import Foundation
import Glibc
import IO

/// Where workers read and write: a folder in memory, where flushing costs nothing.
///
///     fuzz-41207/note             what the worker is at
///     fuzz-41207/a/b/             its working folder
///     fuzz-41207/a/b/scratch/     what an input may write to
struct Ground {
  let folder: FilePath

  var note: FilePath { folder.appending("note") }
  var work: FilePath { folder.appending("a/b") }
  var scratch: FilePath { work.appending("scratch") }

  /// A path that no reader may write to, whatever a file names.
  static let forbidden = "/tmp/fuzz-forbidden"

  static func new() -> Ground {
    let memory = "/dev/shm"
    return Ground(folder: FilePath(access(memory, W_OK) == 0 ? memory : NSTemporaryDirectory()).appending("fuzz-\(getpid())"))
  }

  /// Empties it.
  func clear() throws {
    try LocalDisk().removeTree(folder)
    unlink(Self.forbidden)
    try LocalDisk().makeDirectories(work)
    try AtomicFile.write([UInt8](repeating: 0xFF, count: Note.size), to: note, on: LocalDisk())
  }

  /// What lies outside of the scratch folder and does not belong there; nil for nothing.
  func stranger() throws -> String? {
    for (place, known) in [(folder, ["a", "note"]), (folder.appending("a"), ["b"]), (work, ["scratch"])] {
      if let name = try LocalDisk().list(place).first(where: { !known.contains($0) }) { return place.appending(name).string }
    }
    return access(Self.forbidden, F_OK) == 0 ? Self.forbidden : nil
  }
}

/// How far a worker is.
struct Note {
  /// The number of the input that it reads, or reads next.
  var number: Int
  /// How many inputs it read without an error.
  var accepted = 0

  static let size = 16

  init(number: Int) { self.number = number }

  init(reading path: FilePath) throws {
    let bytes = try LocalDisk().read(path)
    (number, accepted) = bytes.withUnsafeBytes { (Int($0.loadUnaligned(as: Int64.self)), Int($0.loadUnaligned(fromByteOffset: 8, as: Int64.self))) }
  }

  /// Writes it to an open file.
  func write(to descriptor: Int32) {
    let numbers = [Int64(number), Int64(accepted)]
    _ = numbers.withUnsafeBytes { pwrite(descriptor, $0.baseAddress, Self.size, 0) }
  }
}

/// Starts workers, and puts into words how they end.
struct Workers {
  private let options: Options
  private let ground: Ground
  private let programs: FilePath

  /// - Parameter programs: a folder of programs that come before all others.
  init(_ options: Options, _ ground: Ground, _ programs: FilePath) { (self.options, self.ground, self.programs) = (options, ground, programs) }

  /// Lets a worker read inputs one after the other.
  /// - Returns: how it ended, and what it was at: the input that it fell over, or the one that would have been next.
  func read(_ target: any Target, _ numbers: Range<Int>) throws -> (ChildProgram.Answer, Note) {
    try ground.clear()
    let answer = try start([target.name, "\(options.seed)", "\(numbers.lowerBound)", "\(numbers.count)"], options.seeds)
    let note = try Note(reading: ground.note)
    guard note.number >= numbers.lowerBound else { throw UsageError("the worker for \(target.name) did not begin: \(answer.error)") }
    return (answer, note)
  }

  /// Lets a worker read one file.
  func read(_ target: any Target, _ file: FilePath) throws -> ChildProgram.Answer {
    try ground.clear()
    let path = file.isAbsolute ? file : FilePath(FileManager.default.currentDirectoryPath).pushing(file)
    return try start([target.name, "--file", path.string], [])
  }

  /// What comes of one file, with time and memory, as a process that reads nothing else measures them.
  func readAlone(_ target: any Target, _ file: FilePath) throws -> String {
    let words = ["--kind", target.name, "--repeat", file.string, "--memory", "\(options.memory)", "--time", "\(options.time)"]
    let answer = try ChildProgram(Self.program, environment: ProcessInfo.processInfo.environment).run(words, within: Double(options.time + 60))
    return answer.output.trimmingCharacters(in: .whitespacesAndNewlines)
  }

  private static let program = FilePath("/proc/self/exe")

  private func start(_ words: [String], _ seeds: [String]) throws -> ChildProgram.Answer {
    var environment = ProcessInfo.processInfo.environment
    environment["PATH"] = "\(programs):\(environment["PATH"] ?? "/usr/bin:/bin")"
    environment["SWIFT_BACKTRACE"] = "enable=no"
    environment["OPENBLAS_NUM_THREADS"] = "1"
    // Each thread would reserve address space for memory of its own.
    environment["MALLOC_ARENA_MAX"] = "1"
    // Its own alarm ends a worker that hangs; this is for one whose alarm fails.
    return try ChildProgram(Self.program, environment: environment).run(
      ["--worker", ground.folder.string, "\(options.memory)", "\(options.time)"] + words + seeds,
      within: Double(options.time) + Worker.patience + 60)
  }

  /// How a worker ended that found something, in words.
  func words(_ answer: ChildProgram.Answer) -> String {
    let said = answer.error.split(separator: "\n").first.map { String($0.prefix(400)) }
    switch answer.status {
    case Worker.badEnd: return said ?? "a bad end"
    case 128 + SIGALRM: return "it took more than \(options.time) s"
    case 129...: return "it ended by signal \(answer.status - 128): \(said ?? "without a word")"
    default: return "it ended with status \(answer.status): \(said ?? "without a word")"
    }
  }
}
