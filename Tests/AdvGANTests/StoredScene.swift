import Foundation
import IO
import Jobs

@testable import AdvGAN

/// Data sets written as the artifact of an extract stage, in a folder of their own.
struct StoredScene {
  let scratch: ScratchFolder
  let path: FilePath

  /// - Parameter encode: the bytes of an image and the suffix of their member.
  init(
    _ dataset: Dataset, _ encode: (_ number: Int, Image) throws -> (bytes: [UInt8], suffix: String) = { (PNG.encode($1), "png") }
  ) throws {
    scratch = try ScratchFolder()
    var files: [String: [UInt8]] = [:]
    for (split, set) in dataset.splits {
      for number in 0..<set.count {
        let (bytes, suffix) = try encode(number, set[number])
        files[DatasetFormat.imageMember(split, number, suffix)] = bytes
        files[DatasetFormat.labelMember(split, number)] = Array("\(set.labels[number])".utf8)
      }
    }
    let counts = dataset.splits.mapValues { $0.counts(classes: dataset.classes.count) }
    files[DatasetFormat.classesMember] = ClassList(names: dataset.classes, counts: counts).encoded
    path = scratch.path.appending("dataset.tar")
    try ArtifactWriter.pack(scratch.fill(files, below: "members"), to: path, stage: "dataset", run: "extract", version: 1)
  }

  /// The data set as stages open it: in memory, or from the tar.
  func opened(inMemory: Bool, only wanted: Set<Split> = Set(Split.allCases)) throws -> Dataset {
    try Dataset(artifactAt: path, only: wanted, inMemory: inMemory ? .max : 0)
  }

  /// Where a member's content begins in the tar, and its size.
  func place(of member: String) throws -> Range<Int> {
    guard let entry = try TarIndex(path)[member] else { throw StageError("no member '\(member)'") }
    return entry.offset..<entry.offset + entry.size
  }

  /// Changes a byte of the tar in place, while others have it open.
  func flip(_ byte: Int) throws {
    let file = try FileHandle(forUpdating: URL(filePath: path.string))
    try file.seek(toOffset: UInt64(byte))
    let old = try file.read(upToCount: 1)?.first ?? 0
    try file.seek(toOffset: UInt64(byte))
    try file.write(contentsOf: [~old])
    try file.close()
  }

  /// Cuts the tar short in place.
  func truncate(to size: Int) throws {
    let file = try FileHandle(forUpdating: URL(filePath: path.string))
    try file.truncate(atOffset: UInt64(size))
    try file.close()
  }
}

/// Squares of two classes in all splits; no two alike.
func squares(_ side: Int, count: Int = 4) -> Dataset {
  var splits: [Split: ImageSet] = [:]
  for (number, split) in Split.allCases.enumerated() {
    let pixels = (0..<count).flatMap { image(number * count + $0, width: side, height: side).rgb }
    splits[split] = ImageSet(height: side, width: side, pixels: pixels, labels: (0..<count).map { $0 % 2 })
  }
  return Dataset(classes: ["n01 ant", "n02 bee"], splits: splits)
}
