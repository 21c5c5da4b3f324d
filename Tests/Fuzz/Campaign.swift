import Foundation
import Glibc
import IO

/// The parent: starts workers for each kind in turn, and keeps what they fall over.
struct Campaign {
  private var inputs = 2000
  private var seconds = Double.infinity
  private var seed: UInt64 = 1
  private var keep = FilePath("fuzz-findings")
  private var repeated: String?
  private var targets: [any Target] = []

  /// Inputs that one worker reads, at most.
  private static let batch = 250
  private static let memory = 512
  private var secondsOfOne = 10

  init(_ arguments: [String]) throws {
    var words = arguments[...]
    while let option = words.popFirst() {
      guard let value = words.popFirst() else { throw UsageError("\(option) takes a value") }
      switch option {
      case "--inputs": inputs = try Self.number(option, value)
      case "--seconds": seconds = Double(try Self.number(option, value))
      case "--limit": secondsOfOne = try Self.number(option, value)
      case "--seed": seed = UInt64(try Self.number(option, value))
      case "--keep": keep = FilePath(value)
      case "--repeat": repeated = value
      case "--kind":
        guard let target = Targets.named(value) else { throw UsageError("there is no kind '\(value)'; known: \(Targets.all.map(\.name))") }
        targets.append(target)
      default: throw UsageError("unknown option \(option)")
      }
    }
    if repeated != nil, targets.count != 1 { throw UsageError("--repeat takes one --kind") }
    if targets.isEmpty { targets = Targets.all }
  }

  private static func number(_ option: String, _ value: String) throws -> Int {
    guard let number = Int(value), number > 0 else { throw UsageError("\(option) takes a number above 0, not '\(value)'") }
    return number
  }

  /// - Returns: whether nothing was found.
  func run() throws -> Bool {
    let folder = FilePath("/tmp/fuzz-\(getpid())")
    try LocalDisk().makeDirectories(folder)
    defer { try? LocalDisk().removeTree(folder) }
    if let repeated { return try repeatOne(repeated, folder) }
    let end = ContinuousClock.now.advanced(by: seconds.isFinite ? .seconds(seconds) : .seconds(1e9))
    var done = [Int](repeating: 0, count: targets.count), findings = 0
    // In turn, so that a limit of time cuts all kinds alike.
    while done.contains(where: { $0 < inputs }), ContinuousClock.now < end {
      for (index, target) in targets.enumerated() where done[index] < inputs && ContinuousClock.now < end {
        let (read, isFound) = try runWorker(target, from: done[index], folder)
        done[index] += read
        findings += isFound ? 1 : 0
      }
    }
    for (target, count) in zip(targets, done) { print("\(target.name): \(count) inputs") }
    print("seed \(seed): \(findings == 0 ? "nothing found" : "\(findings) found, see \(keep)")")
    let isWhole = done.allSatisfy { $0 > 0 }
    if !isWhole { print("some kinds were not tried: give more --seconds") }
    return findings == 0 && isWhole
  }

  /// How many inputs a worker read, and whether it fell over the last of them.
  private func runWorker(_ target: any Target, from first: Int, _ folder: FilePath) throws -> (read: Int, isFound: Bool) {
    let count = min(Self.batch, inputs - first)
    let note = folder.appending("note")
    try? LocalDisk().remove(note)
    try AtomicFile.write([UInt8](repeating: 0xFF, count: 8), to: note, on: LocalDisk())
    let answer = try start([target.name, "\(seed)", "\(first)", "\(count)", note.string], folder)
    guard answer.status != 0 else { return (count, false) }
    let number = try LocalDisk().read(note).withUnsafeBytes { Int($0.loadUnaligned(as: Int64.self)) }
    guard number >= first else { throw UsageError("the worker for \(target.name) did not begin: \(answer.error)") }
    let bytes = Mutation(target: target, seeds: try target.seeds(), seed: seed).input(number)
    try LocalDisk().makeDirectories(keep)
    let kept = keep.appending("\(target.name)-\(seed)-\(number)")
    try AtomicFile.write(bytes, to: kept, on: LocalDisk())
    print("FOUND \(target.name), input \(number): \(words(answer)); repeat with --kind \(target.name) --repeat \(kept)")
    return (number - first + 1, true)
  }

  private func repeatOne(_ file: String, _ folder: FilePath) throws -> Bool {
    let answer = try start([targets[0].name, "--file", file], folder)
    print(answer.status == 0 ? "nothing found" : "\(words(answer))\n\(answer.error)")
    return answer.status == 0
  }

  private func start(_ words: [String], _ folder: FilePath) throws -> ChildProgram.Answer {
    var environment = ProcessInfo.processInfo.environment
    environment["SWIFT_BACKTRACE"] = "enable=no"
    environment["OPENBLAS_NUM_THREADS"] = "1"
    // Its own alarm ends a worker that hangs; this is for one whose alarm fails.
    return try ChildProgram(FilePath("/proc/self/exe"), environment: environment).run(
      ["--worker"] + words + [folder.appending("scratch").string, "\(Self.memory)", "\(secondsOfOne)"],
      within: Double(secondsOfOne * Self.batch + 60))
  }

  private func words(_ answer: ChildProgram.Answer) -> String {
    switch answer.status {
    case Worker.badError: answer.error.split(separator: "\n").first.map(String.init) ?? "a bad error"
    case 128 + SIGALRM: "it took more than \(secondsOfOne) s"
    case 129...: "it ended by signal \(answer.status - 128): \(answer.error.split(separator: "\n").first ?? "")"
    default: "it ended with status \(answer.status): \(answer.error.prefix(300))"
    }
  }
}
