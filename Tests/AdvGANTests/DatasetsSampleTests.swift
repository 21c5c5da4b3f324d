import Foundation
import IO
import Testing

@testable import AdvGAN

/// What stands in `data-prep`.
@Suite struct DatasetsSampleTests {
  private var root: URL { URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent() }

  @Test func theBundledSampleIsBalancedAndSmall() throws {
    let path = FilePath(root.appending(path: "data-prep/sample/cifar10-sample.tar.xz").path(percentEncoded: false))
    #expect(try #require(try LocalDisk().status(path)).size <= 3_000_000)
    let dataset = try Datasets.open(path)
    #expect(dataset.classes == CIFAR10Fixture.classNames)
    #expect(dataset.splits.keys.sorted() == [.train, .test])
    for (split, count) in [(Split.train, 600), (.test, 200)] {
      let set = try dataset.split(split)
      #expect(set.counts(classes: 10) == [Int](repeating: count, count: 10))
      #expect(set.width == 32 && set.height == 32)
    }
  }

  @Test func theScriptsPassTheirOwnTests() throws {
    let output = FileManager.default.temporaryDirectory.appending(path: "advgan-\(UUID().uuidString).txt")
    defer { try? FileManager.default.removeItem(at: output) }
    try Data().write(to: output)
    let process = Process()
    process.executableURL = root.appending(path: "Tests/DataPrepTests.sh")
    process.standardOutput = try FileHandle(forWritingTo: output)
    try process.run()
    process.waitUntilExit()
    let lines = try String(contentsOf: output, encoding: .utf8).split(separator: "\n")
    #expect(process.terminationStatus == 0, "\(lines.filter { !$0.hasPrefix("passed: ") }.joined(separator: "\n"))")
    #expect(lines.count { $0.hasPrefix("passed: ") } > 30)
  }
}
