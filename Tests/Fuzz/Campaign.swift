import Foundation
import Glibc
import IO

/// The parent: starts workers for each kind in turn, and keeps what they fall over.
struct Campaign {
  private let options: Options

  /// Inputs that one worker reads, at most: what leaks shows after many.
  private static let batch = 4000

  init(_ options: Options) { self.options = options }

  /// How many inputs of a kind were read, how many of them without an error, in how many seconds, and what was found with how many of them.
  private struct Tally {
    var inputs = 0, accepted = 0
    var seconds = 0.0
    var findings: [String: Int] = [:]
  }

  /// - Returns: whether nothing was found, and every kind was tried.
  func run() throws -> Bool {
    try withFolder { programs in
      try FakePrograms.write(to: programs)
      let ground = Ground.new()
      defer { try? LocalDisk().removeTree(ground.folder) }
      if let file = options.repeated { return try read(file, Workers(options, ground, programs)) }
      return try run(Workers(options, ground, programs))
    }
  }

  private func run(_ workers: Workers) throws -> Bool {
    let end = options.seconds.map { ContinuousClock.now.advanced(by: .seconds($0)) }
    func isOver() -> Bool { end.map { ContinuousClock.now >= $0 } ?? false }
    var tallies = options.targets.map { _ in Tally() }
    // In turn, so that a limit of time cuts all kinds alike.
    let wanted = options.targets.map { max(1, options.inputs / $0.slowness) }
    while zip(tallies, wanted).contains(where: { $0.inputs < $1 }), !isOver() {
      for (index, target) in options.targets.enumerated() where tallies[index].inputs < wanted[index] && !isOver() {
        try runWorker(target, of: wanted[index], &tallies[index], workers)
      }
    }
    return summary(tallies)
  }

  private func runWorker(_ target: any Target, of wanted: Int, _ tally: inout Tally, _ workers: Workers) throws {
    let first = tally.inputs
    let start = ContinuousClock.now
    let (answer, note) = try workers.read(target, first..<min(first + Self.batch, wanted))
    tally.seconds += (ContinuousClock.now - start) / .seconds(1)
    tally.inputs = answer.status == 0 ? note.number : note.number + 1
    tally.accepted += note.accepted
    guard answer.status != 0 else { return }
    let words = workers.words(answer)
    // One input of each finding does; what a message quotes of the input makes no other finding of it.
    let key = String(words.prefix(70))
    tally.findings[key, default: 0] += 1
    guard tally.findings[key] == 1 else { return }
    let bytes = try Mutation(target, seed: options.seed, more: options.seeds).input(note.number)
    try LocalDisk().makeDirectories(options.keep)
    let kept = options.keep.appending("\(target.name)-\(options.seed)-\(note.number)")
    try AtomicFile.write(bytes, to: kept, on: LocalDisk())
    print("FOUND \(target.name), input \(note.number): \(words)")
    print("  read alone: \(try workers.readAlone(target, kept).replacing("\n", with: "; "))")
    print("  repeat with --kind \(target.name) --repeat \(kept)")
    fflush(nil)
  }

  private func summary(_ tallies: [Tally]) -> Bool {
    for (target, tally) in zip(options.targets, tallies) {
      let found = tally.findings.values.reduce(0, +)
      let name = target.name.padding(toLength: 20, withPad: " ", startingAt: 0)
      let words = "\(tally.inputs) inputs, \(100 * tally.accepted / max(1, tally.inputs)) % without an error, \(Int(tally.seconds.rounded())) s"
      print(name, words + (found == 0 ? "" : ", FOUND \(tally.findings.count), \(found) times"))
    }
    let found = tallies.reduce(0) { $0 + $1.findings.count }
    print("seed \(options.seed): \(found == 0 ? "nothing found" : "\(found) found, see \(options.keep)")")
    let isWhole = tallies.allSatisfy { $0.inputs > 0 }
    if !isWhole { print("some kinds were not tried: give more --seconds") }
    return found == 0 && isWhole
  }

  private func read(_ file: String, _ workers: Workers) throws -> Bool {
    let start = ContinuousClock.now
    let answer = try workers.read(options.targets[0], FilePath(file))
    let seconds = (ContinuousClock.now - start) / .seconds(1)
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_CHILDREN.rawValue), &usage)
    print(answer.status == 0 ? "nothing found" : workers.words(answer))
    print(String(format: "%.1f s, %d MiB", seconds, usage.ru_maxrss >> 10))
    if answer.status != 0 { FileHandle.standardError.write(Data(answer.error.utf8)) }
    return answer.status == 0
  }
}

/// Programs that readers call, played by scripts.
enum FakePrograms {
  private static let scripts = [
    // Draws nothing, but as gnuplot ends.
    "gnuplot": "#!/bin/sh\necho '<svg></svg>'\n",
    "squeue": "#!/bin/sh\nexec cat scratch/answer\n",
  ]

  static func write(to folder: FilePath) throws {
    for (name, script) in scripts {
      let path = folder.appending(name)
      try AtomicFile.write(Array(script.utf8), to: path, on: LocalDisk())
      path.withPlatformString { _ = chmod($0, 0o755) }
    }
  }
}
