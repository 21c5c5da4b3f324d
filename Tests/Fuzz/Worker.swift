import Foundation
import Glibc
import IO

/// The child: reads inputs one after the other, and notes the number of each before it begins.
///
///     --worker KIND SEED FIRST COUNT NOTE SCRATCH MEMORY_MIB SECONDS
///     --worker KIND --file FILE SCRATCH MEMORY_MIB SECONDS
struct Worker {
  /// The status for an error that is no sentence.
  static let badError: Int32 = 3

  private let target: any Target
  private let input: (Int) throws -> [UInt8]
  private let numbers: Range<Int>
  private let note: Int32
  private let scratch: FilePath
  private let seconds: UInt32

  init(_ words: [String]) throws {
    guard words.count >= 6, let target = Targets.named(words[0]), let memory = Int(words[words.count - 2]), let seconds = UInt32(words[words.count - 1])
    else { throw UsageError("--worker \(words)") }
    (self.target, self.seconds) = (target, seconds)
    scratch = FilePath(words[words.count - 3])
    if words[1] == "--file" {
      let bytes = try LocalDisk().read(FilePath(words[2]))
      (input, numbers, note) = ({ _ in bytes }, 0..<1, -1)
    } else {
      guard words.count == 8, let seed = UInt64(words[1]), let first = Int(words[2]), let count = Int(words[3]) else { throw UsageError("--worker \(words)") }
      let mutation = Mutation(target: target, seeds: try target.seeds(), seed: seed)
      (input, numbers) = (mutation.input, first..<first + count)
      note = open(words[4], O_WRONLY | O_CLOEXEC)
    }
    var none = rlimit(rlim_cur: 0, rlim_max: 0)
    setrlimit(__rlimit_resource_t(RLIMIT_CORE.rawValue), &none)
    // Beside what the libraries take before a file is read.
    let own = UInt(memory) << 20 + Worker.addressSpace()
    var room = rlimit(rlim_cur: own, rlim_max: own)
    setrlimit(__rlimit_resource_t(RLIMIT_AS.rawValue), &room)
    for number in [SIGILL, SIGTRAP, SIGSEGV, SIGABRT, SIGBUS, SIGFPE] { signal(number, SIG_DFL) }
  }

  private static func addressSpace() -> UInt {
    let text = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8)) ?? ""
    return (text.split(separator: " ").first.flatMap { UInt($0) } ?? 0) * 4096
  }

  func run() throws {
    for number in numbers {
      var told = Int64(number)
      if note >= 0 { pwrite(note, &told, 8, 0) }
      let bytes = try input(number)
      alarm(seconds)
      try LocalDisk().makeDirectories(scratch)
      do {
        try target.read(bytes, in: scratch)
      } catch {
        check("\(error)")
      }
      alarm(0)
      try LocalDisk().removeTree(scratch)
    }
  }

  /// An error is a sentence that a person can be shown: not empty, of bounded length, without what a terminal obeys.
  private func check(_ sentence: String) {
    let isShown = sentence.unicodeScalars.allSatisfy { $0.value >= 0x20 && !(0x7F..<0xA0).contains($0.value) || $0 == "\n" || $0 == "\t" }
    guard sentence.isEmpty || sentence.utf8.count > 20_000 || !isShown else { return }
    FileHandle.standardError.write(Data("an error that is no sentence: \(sentence.prefix(300).debugDescription)\n".utf8))
    exit(Self.badError)
  }
}
