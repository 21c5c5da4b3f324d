import IO

@testable import AdvGAN

/// ImageNet in miniature: every class has images of its own colour, so that an image tells where it comes from.
enum ImageNetFixture {
  /// The neighbours of the paper's classes, the first two and the last of these.
  static let sealion = "n02077923", chihuahua = "n02085620", spaniel = "n02085782", cheetah = "n02130308", bear = "n02132136"
  static let all = [sealion, chihuahua, spaniel, cheetah, bear]

  /// A JPEG in a class's colour, a little lighter for each number; 40 x 30, or as asked.
  static func jpeg(_ wnid: String, _ number: Int, width: Int = 40, height: Int = 30) throws -> [UInt8] {
    try JPEG.encode(image(wnid, number, width: width, height: height), quality: 90)
  }

  static func image(_ wnid: String, _ number: Int, width: Int = 40, height: Int = 30) -> Image {
    let colour = [UInt8(20 + 40 * (all.firstIndex(of: wnid) ?? 0)), UInt8(100 + 3 * number), 60]
    return Image(width: width, height: height, rgb: (0..<width * height).flatMap { _ in colour })
  }

  /// The class and number that an image of ours shows.
  static func origin(of image: Image) -> (wnid: String, number: Int) {
    let middle = 3 * (image.width * (image.height / 2) + image.width / 2)
    let (red, green) = (Int(image.rgb[middle]), Int(image.rgb[middle + 1]))
    return (all[min(max(red, 0) / 40, all.count - 1)], (green - 100 + 1) / 3)
  }

  /// The files of a class: names in an order that is not sorted.
  static func files(_ wnid: String, _ count: Int) throws -> [(String, [UInt8])] {
    try (0..<count).reversed().map { ("\(wnid)_\($0).JPEG", try jpeg(wnid, $0)) }
  }

  /// The tar of tars; `counts` images of each class.
  static func train(_ counts: [String: Int], in scratch: ScratchFolder, named name: String = "train.tar") throws -> FilePath {
    let inner = try counts.sorted { $0.key < $1.key }.map { wnid, count in
      ("\(wnid).tar", try LocalDisk().read(scratch.tar(files(wnid, count), named: "inner.tar")))
    }
    return try scratch.tar(inner, named: name)
  }

  /// The flat tar of validation images: number k + 1 shows class `wnids[k]` and number k.
  static func validation(_ wnids: [String], in scratch: ScratchFolder) throws -> FilePath {
    try scratch.tar(wnids.enumerated().map { (valName($0), try jpeg($1, $0, width: 24, height: 24)) }, named: "val.tar")
  }

  static func valName(_ index: Int) -> String { "ILSVRC2012_val_0000000\(index + 1).JPEG" }
}
