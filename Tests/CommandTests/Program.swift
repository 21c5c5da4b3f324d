import Foundation
import IO
import TestSupport

/// What the program said and how it left.
struct Answer {
  let status: Int32
  let output: String
  let error: String
}

extension Sandbox {
  /// Where the program lies.
  static var program: URL {
    URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent().appendingPathComponent("advgan-job")
  }

  /// Runs `advgan-job` in a process of its own, in the sandbox's folder.
  /// - Parameters:
  ///   - environment: the variables that the program gets beside those of every test.
  ///   - interpreter: another program that runs it, and its arguments.
  func run(_ arguments: [String], _ environment: [String: String] = [:], by interpreter: [String] = []) throws -> Answer {
    let words = interpreter + [Self.program.path] + arguments
    let process = Process()
    let output = Pipe()
    let error = Pipe()
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = TestEnvironment.with(environment)
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
