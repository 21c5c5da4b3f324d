import Foundation
import Glibc
import IO

struct SafetensorsTarget: Target {
  let name = "safetensors"
  let words = ["F32", "I64", "__metadata__", "data_offsets", "\\u0000", "\"shape\":[9223372036854775807,2]"]

  func seeds() -> [[UInt8]] {
    [
      SafetensorsFile(tensors: ["a": .init(shape: [2, 3], values: [1, 2, 3, 4, 5, 6]), "b.c": .init(shape: [], values: [7])], metadata: [:]).encoded(),
      SafetensorsFile(tensors: [:], metadata: ["format": "pt"]).encoded(),
    ]
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    _ = try? SafetensorsListing(bytes: bytes, from: "x")
    _ = try SafetensorsFile(bytes: bytes, from: "x")
  }
}

/// A small image with some structure.
private func image(_ side: Int) -> Image {
  Image(width: side, height: side, rgb: (0..<side * side * 3).map { UInt8(truncatingIfNeeded: $0 * 37 / 3) })
}

struct PNGTarget: Target {
  let name = "png"
  let words = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "iCCP", "zTXt", "acTL"]

  func seeds() -> [[UInt8]] { [PNG.encode(image(8)), PNG.encode(image(33))] }

  /// The checksums of all chunks that are whole.
  func mended(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var place = 8
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - place - 12 else { break }
      let sum = Self.checksum(bytes[place + 4..<place + 8 + length])
      for index in 0..<4 { bytes[place + 8 + length + index] = UInt8(truncatingIfNeeded: sum >> UInt32(24 - 8 * index)) }
      place += 12 + length
    }
    return bytes
  }

  private static func checksum(_ bytes: ArraySlice<UInt8>) -> UInt32 {
    var sum = UInt32.max
    for byte in bytes {
      sum ^= UInt32(byte)
      for _ in 0..<8 { sum = sum & 1 == 1 ? sum >> 1 ^ 0xEDB8_8320 : sum >> 1 }
    }
    return ~sum
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    _ = try? ImageFile.size(of: bytes, from: "x.png")
    _ = try ImageFile.decode(bytes, from: "x.png")
  }
}

struct JPEGTarget: Target {
  let name = "jpeg"

  func seeds() throws -> [[UInt8]] { try [JPEG.encode(image(16), quality: 80), JPEG.encode(image(40), quality: 30)] }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    _ = try? ImageFile.size(of: bytes, from: "x.jpg")
    _ = try? JPEG.decode(bytes, from: "x.jpg", shorterSideAtLeast: 8)
    _ = try ImageFile.decode(bytes, from: "x.jpg")
  }
}

struct TarTarget: Target {
  let name = "tar"
  let words = ["ustar\u{0}00", "../../../../etc/x", "././@LongLink", "30 path=a/../../b\n", "GNU.sparse.realsize", "22 size=99999999999\n"]

  func seeds() throws -> [[UInt8]] {
    let folder = FilePath("/tmp/fuzz-seed-\(getpid())")
    defer { try? LocalDisk().removeTree(folder) }
    try LocalDisk().makeDirectories(folder)
    let tar = try TarWriter(publishingAt: folder.appending("a.tar"), on: LocalDisk())
    try tar.add("train/a/0.png", PNG.encode(image(4)))
    try tar.add("train/b/0.png", PNG.encode(image(5)))
    try tar.add(String(repeating: "d/", count: 40) + "long.txt", Array("text".utf8))
    _ = try tar.finish()
    return [try LocalDisk().read(folder.appending("a.tar"))]
  }

  /// The checksums of headers.
  func mended(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start + 257] == UInt8(ascii: "u") {
      for index in 148..<156 { bytes[start + index] = 0x20 }
      let digits = String(bytes[start..<start + 512].reduce(0) { $0 + Int($1) }, radix: 8)
      let text = String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "\u{0} "
      for (index, byte) in text.utf8.prefix(8).enumerated() { bytes[start + 148 + index] = byte }
    }
    return bytes
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let path = scratch.appending("x.tar")
    try AtomicFile.write(bytes, to: path, on: LocalDisk())
    _ = try? TarIndex(path).digests()
    let archive = try ArchiveReader(path: path)
    while try archive.next() != nil { _ = try archive.readAll(limit: 1 << 20) }
  }
}

struct MatTarget: Target {
  let name = "mat"
  let words = ["synsets", "MATLAB 5.0"]

  /// A file of MATLAB 5 with one structure of two fields, as ImageNet's development kit has them.
  func seeds() -> [[UInt8]] {
    func element(_ type: UInt32, _ data: [UInt8]) -> [UInt8] {
      words32([type, UInt32(data.count)]) + data + [UInt8](repeating: 0, count: (8 - data.count % 8) % 8)
    }
    func words32(_ words: [UInt32]) -> [UInt8] { words.flatMap { word in (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) } } }
    func matrix(_ kind: UInt32, _ name: String, _ parts: [[UInt8]]) -> [UInt8] {
      element(14, element(6, words32([kind, 0])) + element(5, words32([1, 1])) + element(1, Array(name.utf8)) + parts.joined())
    }
    func field(_ name: String) -> [UInt8] { Array(name.utf8) + [UInt8](repeating: 0, count: 32 - name.utf8.count) }
    let number = matrix(6, "", [element(2, [7])])
    let text = matrix(4, "", [element(4, [0x6E, 0, 0x31, 0])])
    let structure = matrix(2, "synsets", [words32([4 << 16 | 5, 32]), element(1, field("ILSVRC2012_ID") + field("WNID")), number, text])
    let head = Array("MATLAB 5.0 MAT-file".utf8)
    return [head + [UInt8](repeating: 0x20, count: 124 - head.count) + [0, 1, 0x49, 0x4D] + structure]
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws { _ = try MatFile.structures(named: "synsets", in: bytes, from: "x.mat") }
}

/// Plants one fault of each sort; most inputs are fine.
struct SelfTestTarget: Target {
  let name = "self-test"
  func seeds() -> [[UInt8]] { (0..<16).map { [UInt8](repeating: $0, count: 256) } }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    switch bytes.first {
    case 1: fatalError("planted")
    case 2: while true { usleep(1000) }
    case 3:
      var taken: [[UInt8]] = []
      while true { taken.append([UInt8](repeating: UInt8(taken.count & 1), count: 1 << 24)) }
    case 4: throw UsageError("planted \u{1B}[31m")
    default: break
    }
  }
}
