import Foundation
import Glibc
import IO
import TestSupport

/// A process of a program that this package builds; its standard output is read line by line.
final class Child {
  private let process = Process()
  private let output = Pipe()
  private var buffer: [UInt8] = []

  /// - Parameter interpreter: another program that runs it, and its arguments.
  init(_ program: String, _ arguments: [String], by interpreter: [String] = []) throws {
    let words = interpreter + [Child.folder.appendingPathComponent(program).path] + arguments
    process.executableURL = URL(fileURLWithPath: words[0])
    process.arguments = Array(words.dropFirst())
    process.environment = TestEnvironment.with()
    process.standardOutput = output
    try process.run()
  }

  /// A test that failed must not leave a process behind.
  deinit { if process.isRunning { kill(pid, SIGKILL) } }

  var pid: Int32 { process.processIdentifier }

  func send(_ signal: Int32) { kill(pid, signal) }

  /// The next line that begins with `prefix`; nil where the output ends before.
  func read(until prefix: String) -> String? {
    while let line = nextLine() {
      if line.hasPrefix(prefix) { return line }
    }
    return nil
  }

  /// All lines that are left.
  func rest() -> [String] { Array(AnyIterator { self.nextLine() }) }

  /// The exit status, 128 + signal for a process that one ended.
  func wait() -> Int32 {
    while nextLine() != nil {}
    process.waitUntilExit()
    return process.terminationReason == .exit ? process.terminationStatus : 128 + process.terminationStatus
  }

  private func nextLine() -> String? {
    while true {
      if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) {
        defer { buffer.removeSubrange(...end) }
        return String(decoding: buffer[..<end], as: UTF8.self)
      }
      let piece = output.fileHandleForReading.availableData
      if piece.isEmpty { return nil }
      buffer += piece
    }
  }

  /// Where the tests' own program lies, beside the others.
  private static var folder: URL { URL(fileURLWithPath: CommandLine.arguments[0]).deletingLastPathComponent() }
}
