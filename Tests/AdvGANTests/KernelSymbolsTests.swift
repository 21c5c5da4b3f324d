import Foundation
import Testing

/// What the compiler made of the kernels, in the build that these tests belong to and in a release build beside it.
@Suite struct KernelSymbolsTests {
  @Test func noInstructionStandsWhereAProcessorWithoutItWouldRunIt() throws {
    // .build/<platform>/debug/<tests>
    let build = URL(filePath: "/proc/self/exe").resolvingSymlinksInPath().deletingLastPathComponent()
    let release = build.deletingLastPathComponent().appending(path: "release")
    let folders = Set([build.path, release.path]).filter { FileManager.default.fileExists(atPath: $0) }.sorted()
    let tests = try ShellTests(running: "KernelSymbols.sh", folders)
    for line in tests.others where line.hasPrefix("skipped: ") { print(line) }
    #expect(tests.status == 0, "\(tests.others.joined(separator: "\n"))")
    #expect(tests.passed.count >= 4 || tests.others.contains { $0.hasPrefix("skipped: ") })
  }
}
