import CZlib
import Foundation
import Glibc
import IO

/// Tensors of any names and shapes.
struct SafetensorsTarget: Target {
  let name = "safetensors"
  let suffixes = [".safetensors", ".pth"]
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

/// Small images with some structure.
enum SmallImage {
  static func image(_ side: Int) -> Image {
    Image(width: side, height: side, rgb: (0..<side * side * 3).map { UInt8(truncatingIfNeeded: $0 * 37 / 3) })
  }

  static func png(_ side: Int) -> [UInt8] { PNG.encode(image(side)) }
}

/// PNG images, with the checksums of their chunks.
struct PNGTarget: Target {
  let name = "png"
  let suffixes = [".png"]
  let words = ["IHDR", "PLTE", "IDAT", "IEND", "tRNS", "gAMA", "iCCP", "zTXt", "acTL"]

  func seeds() -> [[UInt8]] { [SmallImage.png(8), SmallImage.png(33)] }

  /// The checksums of all chunks that are whole.
  func mended(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    var place = 8
    while place + 12 <= bytes.count {
      let length = bytes[place..<place + 4].reduce(0) { $0 << 8 | Int($1) }
      guard length <= bytes.count - place - 12 else { break }
      let sum = Checksum.crc32(bytes[place + 4..<place + 8 + length])
      bytes.replaceSubrange(place + 8 + length..<place + 12 + length, with: Checksum.bytes(sum, bigEndian: true))
      place += 12 + length
    }
    return bytes
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    _ = try? ImageFile.size(of: bytes, from: "x.png")
    _ = try ImageFile.decode(bytes, from: "x.png")
  }
}

/// JPEG images, whole and scaled down while they are decoded.
struct JPEGTarget: Target {
  let name = "jpeg"
  let suffixes = [".jpg", ".jpeg"]

  func seeds() throws -> [[UInt8]] { try [JPEG.encode(SmallImage.image(16), quality: 80), JPEG.encode(SmallImage.image(40), quality: 30)] }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    _ = try? ImageFile.size(of: bytes, from: "x.jpg")
    _ = try? JPEG.decode(bytes, from: "x.jpg", shorterSideAtLeast: 8)
    _ = try ImageFile.decode(bytes, from: "x.jpg")
  }
}

/// Files of MATLAB 5 with one structure of two fields, as ImageNet's development kit has them.
struct MatTarget: Target {
  let name = "mat"
  let suffixes = [".mat"]
  let words = ["synsets", "MATLAB 5.0"]

  func seeds() -> [[UInt8]] {
    let structure = Self.structure
    return [Self.head + structure, Self.head + Self.words32([15, UInt32(structure.count + Self.frame)]) + Self.stored(structure)]
  }

  private static var head: [UInt8] {
    let words = Array("MATLAB 5.0 MAT-file".utf8)
    return words + [UInt8](repeating: 0x20, count: 124 - words.count) + [0, 1, 0x49, 0x4D]
  }

  private static var structure: [UInt8] {
    func field(_ name: String) -> [UInt8] { Array(name.utf8) + [UInt8](repeating: 0, count: 32 - name.utf8.count) }
    let number = matrix(6, "", [element(2, [7])])
    let text = matrix(4, "", [element(4, [0x6E, 0, 0x31, 0])], columns: 2)
    return matrix(2, "synsets", [words32([4 << 16 | 5, 32]), element(1, field("ILSVRC2012_ID") + field("WNID")), number, text])
  }

  private static func element(_ type: UInt32, _ data: [UInt8]) -> [UInt8] {
    words32([type, UInt32(data.count)]) + data + [UInt8](repeating: 0, count: (8 - data.count % 8) % 8)
  }

  private static func words32(_ words: [UInt32]) -> [UInt8] { words.flatMap { Checksum.bytes($0, bigEndian: false) } }

  private static func matrix(_ kind: UInt32, _ name: String, _ parts: [[UInt8]], columns: UInt32 = 1) -> [UInt8] {
    element(14, element(6, words32([kind, 0])) + element(5, words32([1, columns])) + element(1, Array(name.utf8)) + parts.joined())
  }

  /// Bytes of a zlib stream that packs nothing, beside its contents.
  private static let frame = 11

  private static func stored(_ bytes: [UInt8]) -> [UInt8] {
    let count = UInt16(truncatingIfNeeded: bytes.count)
    let lengths = [UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)]
    return [0x78, 1, 1] + lengths + bytes + Checksum.bytes(Checksum.adler32(bytes[...]), bigEndian: true)
  }

  /// The checksum of a compressed element, which is all that follows the head.
  func mended(_ bytes: [UInt8]) -> [UInt8] {
    let start = 136
    guard bytes.count > start + Self.frame, bytes[128] == 15, Array(bytes[start..<start + 3]) == [0x78, 1, 1] else { return bytes }
    let contents = Array(bytes[(start + 7)..<(bytes.count - 4)])
    return Array(bytes[..<128]) + Self.words32([15, UInt32(contents.count + Self.frame)]) + Self.stored(contents)
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws { _ = try MatFile.structures(named: "synsets", in: bytes, from: "x.mat") }
}

/// The checksums of PNG, gzip and zlib.
enum Checksum {
  static func crc32(_ bytes: ArraySlice<UInt8>) -> UInt32 { UInt32(bytes.withUnsafeBufferPointer { crc32_z(0, $0.baseAddress, $0.count) }) }
  static func adler32(_ bytes: ArraySlice<UInt8>) -> UInt32 { UInt32(bytes.withUnsafeBufferPointer { adler32_z(1, $0.baseAddress, $0.count) }) }

  static func bytes(_ number: UInt32, bigEndian: Bool) -> [UInt8] {
    (0..<4).map { UInt8(truncatingIfNeeded: number >> UInt32(8 * (bigEndian ? 3 - $0 : $0))) }
  }
}
