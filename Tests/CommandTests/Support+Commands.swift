import IO
import Testing

@testable import Jobs
@testable import advgan_job

/// What a command wrote, and how it ended.
struct Told {
  let status: Int32
  let output: String
  let error: String

  init(_ status: Int32, _ paper: Paper) {
    self.status = status
    (output, error) = (paper.output, paper.error)
  }

  var lines: [String] { output.split(separator: "\n").map(String.init) }

  /// The lines with single blanks between words.
  var words: [String] { lines.map { $0.split(separator: " ").joined(separator: " ") } }

  func json() throws -> JSON { try JSON(parsing: Array(output.utf8)) }
}

extension Sandbox {
  var disk: LocalDisk { LocalDisk() }
  var layout: StoreLayout { StoreLayout(folder: folder.appending("artifacts")) }

  func path(_ name: String) -> FilePath { folder.appending("artifacts").appending(name) }

  func command<Command>(_ type: Command.Type, _ arguments: [String]) throws -> Command {
    try #require(try AdvGANJob.parseAsRoot(arguments) as? Command)
  }

  /// Alters one byte; the file's times change with it.
  func flip(_ path: FilePath, at place: Int) throws {
    var bytes = try disk.read(path)
    bytes[place] ^= 1
    try AtomicFile.write(bytes, to: path, on: disk)
  }

  func record(_ stage: String) -> RunRecord? { Store(at: layout.folder, on: disk, time: { 0 }).record(of: stage) }

  /// Where some text stands in a file.
  func place(of text: String, in path: FilePath) throws -> Int {
    try #require(try disk.read(path).firstRange(of: Array(text.utf8))?.lowerBound)
  }
}
