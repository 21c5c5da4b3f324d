import DiskSupport
import Foundation
import Glibc
import IO
import Jobs
import Synchronization

@testable import jobs_fixture

/// A temporary folder with a job file in it, and a way to make it. Removed with the last reference.
final class Bench: Sendable {
  let folder: FilePath
  let disk: any Disk

  init(on disk: any Disk = HastyDisk()) throws {
    folder = FilePath(FileManager.default.temporaryDirectory.path).appending("j\(UInt64.random(in: 0 ... .max))")
    self.disk = disk
    try LocalDisk().makeDirectories(folder)
  }

  deinit { try? LocalDisk().removeTree(folder) }

  var artifacts: FilePath { folder.appending("artifacts") }
  var layout: StoreLayout { StoreLayout(folder: artifacts) }

  /// Writes a file into the folder and returns its path.
  @discardableResult
  func write(_ name: String, _ text: String) throws -> FilePath {
    let path = folder.appending(name)
    try AtomicFile.write(Array(text.utf8), to: path, on: HastyDisk())
    return path
  }

  func read(_ stage: String) throws -> String {
    String(decoding: try Artifact(opening: layout.artifact(stage)).bytes(of: "text.txt"), as: UTF8.self)
  }

  func tar(_ stage: String) throws -> [UInt8] { try LocalDisk().read(layout.artifact(stage)) }

  /// The job with these stages; `FOLDER` in the text stands for the bench's folder.
  func job(_ stages: String) throws -> Job {
    let stages = stages.replacing("FOLDER", with: folder.string)
    let text = "version: 1\nartifacts: \(artifacts)\nstages:\n" + stages.split(separator: "\n").map { "  \($0)\n" }.joined()
    return try Job(parsing: text, file: "job.yaml", registry: FakeStages.registry)
  }

  func store(on other: (any Disk)? = nil) -> Store {
    Store(at: artifacts, on: other ?? disk, time: { Date().timeIntervalSince1970 })
  }

  func plan(_ job: Job, _ options: RequestOptions = []) throws -> Plan {
    let request = try job.request(options)
    return Planner(job).plan(request, try store().listing(of: job.stages(of: request.targets)))
  }

  /// The plan, a line a stage: `count: run, params changed: letter a -> b`.
  func reasons(_ job: Job, _ options: RequestOptions = []) throws -> [String] {
    try plan(job, options).stages.map { "\($0.name): \($0.decision), \($0.reason)" }
  }

  /// Makes targets and returns how that ended; events go to `watch`.
  @discardableResult
  func make(
    _ job: Job, _ wanted: RequestOptions = [], _ options: Runner.Options = Runner.Options(), stop: StopFlag = StopFlag(),
    on other: (any Disk)? = nil, by circumstances: Circumstances = Bench.circumstances,
    watch: @escaping @Sendable (RunEvent) -> Void = { _ in }
  ) throws -> RunResult {
    try Runner(job, store(on: other), circumstances, options, stop: stop, observer: Watcher(watch: watch)).run(job.request(wanted))
  }

  /// Turns one bit of a file and puts the time of its last change back.
  func flip(_ path: FilePath, at offset: Int) throws {
    let file = try FileDescriptor.open(path, .readWrite)
    defer { try? file.close() }
    var before = stat()
    fstat(file.rawValue, &before)
    var byte: [UInt8] = [0]
    _ = try byte.withUnsafeMutableBytes { try file.read(fromAbsoluteOffset: Int64(offset), into: $0) }
    byte[0] ^= 1
    _ = try byte.withUnsafeBytes { try file.write(toAbsoluteOffset: Int64(offset), $0) }
    var times = [before.st_atim, before.st_mtim]
    futimens(file.rawValue, &times)
  }

  static let circumstances = Circumstances(program: "tests", host: "bench", user: "tester", pid: 1, boot: "", slurmJob: nil, processor: "test")

  /// Names of files, in any folder below the artifacts, that only a crash may leave.
  func leftovers() throws -> [String] {
    guard let names = FileManager.default.enumerator(atPath: artifacts.string) else { return [] }
    let kinds = [".tmp-", "/staging/", "/checkpoints/", "/progress/", ".owner.json"]
    return names.compactMap { $0 as? String }.filter { name in kinds.contains { name.contains($0) } }
  }
}

struct Watcher: RunObserver {
  let watch: @Sendable (RunEvent) -> Void
  func handle(_ event: RunEvent) { watch(event) }
}

extension RequestOptions: ExpressibleByArrayLiteral {
  /// Targets and nothing else.
  public init(arrayLiteral targets: String...) { self.init(targets) }
}

/// Collects values from several threads.
final class Collector<Value: Sendable>: Sendable {
  private let values = Mutex<[Value]>([])
  func add(_ value: Value) { values.withLock { $0.append(value) } }
  var all: [Value] { values.withLock(\.self) }
}
