import IO
import Testing

@testable import AdvGAN

/// What stands in `data-prep`.
@Suite struct DatasetsSampleTests {
  @Test func theBundledSampleIsBalancedAndSmall() throws {
    let path = FilePath(ShellTests.root.appending(path: "data-prep/sample/cifar10-sample.tar.xz").path(percentEncoded: false))
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
    let tests = try ShellTests(running: "DataPrepTests.sh")
    #expect(tests.status == 0, "\(tests.others.joined(separator: "\n"))")
    #expect(tests.passed.count > 30)
  }
}
