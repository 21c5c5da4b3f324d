import Foundation
import IO
import Jobs
import TestSupport
import Testing

@testable import AdvGAN

/// The official archives in miniature, with real images, where the environment variable ADVGAN_TEST_DATA names a folder that has them.
@Suite struct DatasetsMiniatureTests {
  private static let folder = TestEnvironment.data.map { FilePath($0).appending("imagenet") }
  private static var isThere: Bool { folder.map { FileManager.default.fileExists(atPath: $0.string) } ?? false }

  /// A line of `synsets.txt`: WNID, sorted number, ILSVRC id.
  private struct Line {
    let wnid: String, index: Int, id: Int
  }

  @Test(.enabled(if: isThere, "needs the folder 'imagenet' in the one that ADVGAN_TEST_DATA names"))
  func everyImageComesOutOnceWithTheLabelThatItsArchiveGivesIt() throws {
    let folder = try #require(Self.folder)
    let scratch = try ScratchFolder()
    let artifact = try extract(
      [
        "source": "imagenet", "archive": .string(folder.appending("ILSVRC2012_img_train.tar").string),
        "val_archive": .string(folder.appending("ILSVRC2012_img_val.tar").string),
        "val_labels": .string(folder.appending("ILSVRC2012_devkit_t12.tar.gz").string), "classes": "151..<294", "size": 64,
        "encoding": "png",
        "minimum_side": 0,
      ], scratch)
    let dataset = try Dataset(artifactAt: artifact)
    let lines = try Self.lines(folder)
    #expect(dataset.classes.map { String($0.prefix(9)) } == lines.filter { (151..<294).contains($0.index) }.map(\.wnid))
    #expect(!dataset.classes.contains { $0.hasPrefix("n02077923") || $0.hasPrefix("n02132136") })
    let train = try dataset.split(.train).counts(classes: 143)
    #expect(train.count { $0 == 1 } == 132 && train.count { $0 == 501 } == 11 && dataset.splits[.train]?.count == 5643)
    try checkTest(dataset.split(.test), lines, folder)
    #expect(try contents(artifact)["skipped.json"] == nil)
  }

  /// Every test image against the image in the archive, told from the kit's ids and `synsets.txt` alone.
  private func checkTest(_ test: ImageSet, _ lines: [Line], _ folder: FilePath) throws {
    let indices = Dictionary(uniqueKeysWithValues: lines.map { ($0.id, $0.index) })
    let kit = try ArchiveReader(path: folder.appending("ILSVRC2012_devkit_t12.tar.gz"))
    var ids: [Int] = []
    while let member = try kit.next() {
      guard member.name.hasSuffix("ILSVRC2012_validation_ground_truth.txt") else { continue }
      ids = String(decoding: try kit.readAll(limit: 1 << 20), as: UTF8.self).split(separator: "\n").compactMap { Int($0) }
    }
    let images = try ArchiveReader(path: folder.appending("ILSVRC2012_img_val.tar"))
    var wanted: [[UInt8]: Int] = [:]
    while let member = try images.next() {
      let number = try #require(Int(member.name.dropLast(5).suffix(8)))
      guard let index = indices[ids[number - 1]], (151..<294).contains(index) else { continue }
      wanted[try JPEG.decode(try images.readAll(limit: 1 << 20), from: "").rgb] = index - 151
    }
    #expect(test.count == 275 && wanted.count == 275)
    for place in 0..<test.count { #expect(wanted[try test[place].rgb] == test.labels[place]) }
  }

  private static func lines(_ folder: FilePath) throws -> [Line] {
    let text = String(decoding: try LocalDisk().read(folder.appending("synsets.txt")), as: UTF8.self)
    return try text.split(separator: "\n").map { line in
      let words = line.split { $0 == " " || $0 == "\t" }
      return Line(wnid: String(words[0]), index: try #require(Int(words[1])), id: try #require(Int(words[2])))
    }
  }
}
