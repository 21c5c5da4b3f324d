import Foundation
import TestSupport

/// A file of tests in the shell's language: one line a test, `passed: ` before those that did.
struct ShellTests {
  let status: Int32
  let passed: [Substring], others: [Substring]

  /// The checkout.
  static var root: URL { URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent() }

  /// Runs `Tests/NAME ARGUMENTS`.
  init(running name: String, _ arguments: [String] = []) throws {
    let output = FileManager.default.temporaryDirectory.appending(path: "advgan-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: output) }
    try Data().write(to: output)
    let process = Process()
    process.executableURL = Self.root.appending(path: "Tests/\(name)")
    process.arguments = arguments
    process.environment = TestEnvironment.with()
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    status = process.terminationStatus
    let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
    passed = lines.filter { $0.hasPrefix("passed: ") }
    others = lines.filter { !$0.hasPrefix("passed: ") }
  }
}
