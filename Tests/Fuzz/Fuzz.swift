import Foundation
import Glibc
import IO

/// Feeds mutated files to every reader of outside input, and looks for crashes, hangs, unbounded memory and errors that are no sentence.
///
///     Fuzz [--inputs N] [--seconds S] [--limit S] [--seed N] [--kind NAME]... [--keep FOLDER]
///     Fuzz --repeat FILE --kind NAME
///
/// `--inputs` is of each kind; `--seconds` ends all, `--limit` one input. Readers run in child processes, so that a crash is caught: its input is kept and the run goes on. The same seed gives the same inputs.
/// Exit status: 0 nothing found, 1 something found, 2 wrong usage.
@main enum Fuzz {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      if arguments.first == "--worker" { return try Worker(Array(arguments.dropFirst())).run() }
      exit(try Campaign(arguments).run() ? 0 : 1)
    } catch {
      FileHandle.standardError.write(Data("Fuzz: \(error)\n".utf8))
      exit(2)
    }
  }
}

struct UsageError: Error, CustomStringConvertible {
  let description: String
  init(_ description: String) { self.description = description }
}

/// What a kind of file is read by, and how its files come about.
protocol Target: Sendable {
  var name: String { get }
  /// Sound files to begin with.
  func seeds() throws -> [[UInt8]]
  /// Words of the format, which mutations insert.
  var words: [String] { get }
  /// Makes checksums of a mutated file right again, so that it gets past them.
  func mended(_ bytes: [UInt8]) -> [UInt8]
  /// Reads a file.
  /// - Parameter scratch: an empty folder for readers that want a path.
  /// - Throws: what the readers throw of a bad file.
  func read(_ bytes: [UInt8], in scratch: FilePath) throws
}

extension Target {
  var words: [String] { [] }
  func mended(_ bytes: [UInt8]) -> [UInt8] { bytes }
}

/// All kinds. A new one is one file and one line here.
enum Targets {
  static let all: [any Target] = [
    SafetensorsTarget(), PNGTarget(), JPEGTarget(), TarTarget(), ArtifactTarget(), MatTarget(), JobFileTarget(), StateTarget(),
  ]

  /// Crashes, loops, eats memory and says what is no sentence, all on purpose: `Fuzz --kind self-test` must find each.
  static func named(_ name: String) -> (any Target)? { (all + [SelfTestTarget()]).first { $0.name == name } }
}
