import Foundation
import Glibc
import IO

/// Feeds mutated files to every reader of outside input, and looks for crashes, hangs, unbounded memory, files written where none belong, and
/// errors that are no sentence of the program's own.
///
///     Fuzz [--inputs N] [--seconds N] [--seed N] [--kind NAME]... [--seeds FOLDER]... [--keep FOLDER] [--memory MIB] [--time SECONDS]
///     Fuzz --kind NAME --repeat FILE [--memory MIB] [--time SECONDS]
///
/// `--inputs` is of each kind, less of slow ones; `--seconds` ends all. `--memory` and `--time` limit one input. `--seeds` adds files to begin
/// with, told by their suffixes. Readers run in child processes, so that a crash is caught: its input is kept and the run goes on. The same seed
/// and the same folders of seeds give the same inputs, whatever was read before.
/// Exit status: 0 nothing found, 1 something found, or a kind that was not tried; 2 wrong usage.
@main enum Fuzz {
  static func main() {
    let arguments = Array(CommandLine.arguments.dropFirst())
    do {
      if arguments.first == "--worker" { return try Worker(Array(arguments.dropFirst())).run() }
      exit(try Campaign(Options(arguments)).run() ? 0 : 1)
    } catch {
      FileHandle.standardError.write(Data("Fuzz: \(error)\n".utf8))
      exit(2)
    }
  }
}

/// What a kind of file is read by, and how its files come about.
protocol Target: Sendable {
  var name: String { get }
  /// Sound files to begin with: reading one throws nothing, or it would be tried in vain.
  func seeds() throws -> [[UInt8]]
  /// More files to begin with, which need not be sound.
  func flawed() throws -> [[UInt8]]
  /// What the names of such files end with, for `--seeds`.
  var suffixes: [String] { get }
  /// Words of the format, which mutations insert.
  var words: [String] { get }
  /// Whether it is JSON, or lines of JSON: then mutations also put other values into the tree.
  var isJSON: Bool { get }
  /// Bytes of the longest input.
  var largest: Int { get }
  /// By how much longer than a plain parser it takes: of so many inputs it gets one.
  var slowness: Int { get }
  /// Makes checksums of a mutated file right again, so that it gets past them.
  func mended(_ bytes: [UInt8]) -> [UInt8]
  /// Reads a file.
  /// - Parameter scratch: an empty folder for readers that want a path; `scratch` in the working folder. Nothing may be written elsewhere.
  /// - Throws: what the readers throw of a bad file.
  func read(_ bytes: [UInt8], in scratch: FilePath) throws
}

extension Target {
  func flawed() throws -> [[UInt8]] { [] }
  var suffixes: [String] { [] }
  var words: [String] { [] }
  var isJSON: Bool { false }
  var largest: Int { 1 << 16 }
  var slowness: Int { 1 }
  func mended(_ bytes: [UInt8]) -> [UInt8] { bytes }
}

/// All kinds. A new one is a type and a line here.
enum Targets {
  static let all: [any Target] =
    [
      SafetensorsTarget(), WeightsTarget(), PNGTarget(), JPEGTarget(), MatTarget(),
      TarTarget(), GzipTarget(), ArtifactTarget(), DatasetTarget(), ClassListTarget(),
      ImageNetTarget(.train), ImageNetTarget(.validation), ImageNetTarget(.labels),
      JobFileTarget(), StateTarget(), SlurmTarget(),
      ModelTarget(),
    ] + ReportTarget.all + ResumeTarget.all

  static func named(_ name: String) -> (any Target)? { (all + [SelfTestTarget()]).first { $0.name == name } }
}

/// A folder that is there as long as a body runs.
func withFolder<Result>(_ body: (FilePath) throws -> Result) throws -> Result {
  let folder = FilePath(NSTemporaryDirectory()).appending("fuzz-\(getpid())-\(UInt32.random(in: 0 ... .max))")
  defer { try? LocalDisk().removeTree(folder) }
  try LocalDisk().makeDirectories(folder)
  return try body(folder)
}
