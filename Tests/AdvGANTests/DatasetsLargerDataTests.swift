import Foundation
import IO
import TestSupport
import Testing

@testable import AdvGAN

/// Larger real data, where the environment variable ADVGAN_TEST_DATA names a folder that has it.
@Suite struct DatasetsLargerDataTests {
  private static let archive = TestEnvironment.data.map {
    FilePath($0).appending("cifar10-images.tar.xz")
  }
  private static var isThere: Bool { archive.map { FileManager.default.fileExists(atPath: $0.string) } ?? false }

  @Test(.enabled(if: isThere, "needs cifar10-images.tar.xz in the folder that ADVGAN_TEST_DATA names"))
  func readsFiftyFiveThousandRealImagesAndAFairSampleOfThem() throws {
    let source = try FoldersSource(path: #require(Self.archive))
    let inventory = try source.scan {}
    let plan = try SplitPlan(inventory, validation: .images(1000))
    #expect(
      plan.counts == [
        .train: Array(repeating: 4900, count: 10), .validation: Array(repeating: 100, count: 10), .test: Array(repeating: 500, count: 10),
      ])
    var perClass = [Int](repeating: 0, count: 10)
    try source.read(inventory) { place in
      plan.places[place]?.split == .test && (plan.places[place]?.number ?? .max) < 200
    } _: { place, raw in
      perClass[inventory.entries[place].label] += 1
      guard case .file(let bytes) = raw else { throw FileError(.unsupported, "", found: "no file") }
      let image = try ImageFile.decode(bytes, from: "")
      #expect(image.width == 32 && image.height == 32)
    }
    #expect(perClass == Array(repeating: 20, count: 10))
  }
}
