import Foundation
import Glibc
import IO

/// The child: reads inputs one after the other, and notes the number of each before it begins.
///
///     --worker FOLDER MEMORY_MIB SECONDS KIND SEED FIRST COUNT [FOLDER_OF_SEEDS]...
///     --worker FOLDER MEMORY_MIB SECONDS KIND --file FILE
struct Worker {
  /// The status for what is found without a crash.
  static let badEnd: Int32 = 3
  /// In seconds, after which a worker begins no further input, so that the kinds take turns.
  static let patience = 2.0
  /// The longest file that an input may write, in bytes.
  private static let largestFile: UInt = 64 << 20

  private let ground: Ground
  private let target: any Target
  private let input: (Int) throws -> [UInt8]
  private let isSound: (Int) -> Bool
  private let numbers: Range<Int>
  private let note: Int32
  private let seconds: UInt32

  init(_ words: [String]) throws {
    guard words.count >= 6, let memory = UInt(words[1]), let seconds = UInt32(words[2]), let target = Targets.named(words[3]) else {
      throw UsageError("--worker \(words)")
    }
    (ground, self.target, self.seconds) = (Ground(folder: FilePath(words[0])), target, seconds)
    if words[4] == "--file" {
      let bytes = try LocalDisk().read(FilePath(words[5]))
      let seeds = try target.seeds()
      (input, isSound, numbers) = ({ _ in bytes }, { _ in seeds.contains(bytes) }, 0..<1)
    } else {
      guard words.count >= 7, let seed = UInt64(words[4]), let first = Int(words[5]), let count = Int(words[6]) else {
        throw UsageError("--worker \(words)")
      }
      let mutation = try Mutation(target, seed: seed, more: Array(words[7...]))
      (input, isSound, numbers) = (mutation.input, mutation.isSound, first..<first + count)
    }
    note = open(ground.note.string, O_WRONLY | O_CLOEXEC)
    guard chdir(ground.work.string) == 0, note >= 0 else { throw UsageError("no folder \(ground.work)") }
    // Beside what the libraries take before a file is read.
    Self.limit(RLIMIT_AS, to: memory << 20 + Self.addressSpace())
    Self.limit(RLIMIT_FSIZE, to: Self.largestFile)
    Self.limit(RLIMIT_CORE, to: 0)
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE] { signal(number, SIG_DFL) }
  }

  private static func limit(_ resource: __rlimit_resource, to most: UInt) {
    var limit = rlimit(rlim_cur: most, rlim_max: most)
    setrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  }

  /// In bytes.
  private static func addressSpace() -> UInt {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (text.split(separator: " ").first.flatMap { UInt($0) } ?? 0) * UInt(sysconf(Int32(_SC_PAGESIZE)))
  }

  func run() throws {
    let end = ContinuousClock.now.advanced(by: .seconds(Self.patience))
    var told = Note(number: numbers.lowerBound)
    told.write(to: note)
    while told.number < numbers.upperBound {
      told.accepted += try read(told.number) ? 1 : 0
      told.number += 1
      told.write(to: note)
      if ContinuousClock.now >= end { return }
    }
  }

  /// - Returns: whether the input was read without an error.
  private func read(_ number: Int) throws -> Bool {
    var isAccepted = true
    let bytes = try input(number)
    try LocalDisk().makeDirectories(ground.scratch)
    alarm(seconds)
    do {
      try target.read(bytes, in: ground.scratch)
    } catch {
      isAccepted = false
      check(error)
      if isSound(number) { fail("a sound file was refused: \("\(error)".prefix(300))") }
    }
    alarm(0)
    try LocalDisk().removeTree(ground.scratch)
    if let stranger = try ground.stranger() { fail("something was written outside of the scratch folder: \(stranger)") }
    return isAccepted
  }

  /// An error is the program's own, and a sentence that a person can be shown: not empty, of bounded length, without what a terminal obeys,
  /// and on one line, unless it shows a place in a job file.
  private func check(_ error: any Error) {
    let (type, sentence) = (String(reflecting: Swift.type(of: error)), "\(error)")
    let own = ["IO.", "Jobs.", "AdvGAN.", "NN.", "Fuzz."]
    guard own.contains(where: type.hasPrefix) else { fail("an error of a library, \(type): \(sentence.prefix(300))") }
    let hasLines = type == "Jobs.JobFileError"
    let isShown = sentence.unicodeScalars.allSatisfy {
      $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) || hasLines && ($0 == "\n" || $0 == "\t")
    }
    guard !sentence.isEmpty, sentence.utf8.count <= 20_000, isShown else { fail("an error that is no sentence, \(type): \(sentence.prefix(300))") }
  }

  private func fail(_ words: String) -> Never {
    FileHandle.standardError.write(Data("\(words.debugDescription.dropFirst().dropLast())\n".utf8))
    exit(Self.badEnd)
  }
}

/// Plants one fault of each sort in its first files; `.ci/run` looks whether all of them are found, and nothing else.
struct SelfTestTarget: Target {
  let name = "self-test"

  func seeds() -> [[UInt8]] { (0..<16).map { [$0] } }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    switch bytes {
    case [1]: fatalError("planted")
    case [2]: while true { usleep(1000) }
    case [3]:
      var taken: [[UInt8]] = []
      while true { taken.append([UInt8](repeating: UInt8(taken.count & 1), count: 1 << 24)) }
    case [4]: throw UsageError("planted \u{1B}[31m")
    case [5]: throw CancellationError()
    case [6]: try AtomicFile.write([], to: scratch.appending("../planted"), on: LocalDisk())
    case [7]: throw UsageError("planted")
    default: break
    }
  }
}
