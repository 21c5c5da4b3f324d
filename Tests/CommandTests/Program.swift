import Foundation
import IO

/// What the program said and how it left.
struct Answer {
  let status: Int32
  let output: String
  let error: String
}

extension Desk {
  /// Runs `advgan-job` in a process of its own, in the desk's folder.
  func run(_ arguments: [String]) throws -> Answer {
    let process = Process()
    let output = Pipe()
    let error = Pipe()
    process.executableURL = URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("advgan-job")
    process.arguments = arguments
    process.currentDirectoryURL = URL(fileURLWithPath: folder.string)
    process.standardOutput = output
    process.standardError = error
    try process.run()
    // Both are far shorter than a pipe holds, so one after the other cannot block.
    let said = output.fileHandleForReading.readDataToEndOfFile()
    let complained = error.fileHandleForReading.readDataToEndOfFile()
    process.waitUntilExit()
    return Answer(
      status: process.terminationStatus, output: String(decoding: said, as: UTF8.self), error: String(decoding: complained, as: UTF8.self))
  }
}
