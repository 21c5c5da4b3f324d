import Foundation
import IO
import Jobs

/// Archives made by the program's own writer.
enum Tar {
  static func bytes(_ files: [(String, [UInt8])]) throws -> [UInt8] {
    try withFolder { folder in
      let tar = try TarWriter(publishingAt: folder.appending("x.tar"), on: LocalDisk())
      for (name, bytes) in files { try tar.add(name, bytes) }
      _ = try tar.finish()
      return try LocalDisk().read(folder.appending("x.tar"))
    }
  }

  static let words = [
    "ustar\u{0}00", "../../x", "../../../x", Ground.forbidden, "././@LongLink", "30 path=a/../../b\n", "GNU.sparse.realsize", "22 size=99999999999\n",
  ]

  /// The checksums of headers.
  static func mended(_ bytes: [UInt8]) -> [UInt8] {
    var bytes = bytes
    for start in stride(from: 0, to: bytes.count - 511, by: 512) where bytes[start + 257] == UInt8(ascii: "u") {
      for index in 148..<156 { bytes[start + index] = 0x20 }
      let digits = String(bytes[start..<start + 512].reduce(0) { $0 + Int($1) }, radix: 8)
      let text = String(repeating: "0", count: max(0, 6 - digits.count)) + digits + "\u{0} "
      for (index, byte) in text.utf8.prefix(8).enumerated() { bytes[start + 148 + index] = byte }
    }
    return bytes
  }

  /// Reads what any archive holds.
  static func readAll(_ path: FilePath) throws {
    let archive = try ArchiveReader(path: path)
    while try archive.next() != nil { _ = try archive.readAll(limit: 1 << 20) }
  }
}

/// Archives, as a stream and by random access.
struct TarTarget: Target {
  let name = "tar"
  let suffixes = [".tar", ".zip", ".7z", ".xz", ".bz2"]
  let words = Tar.words

  func seeds() throws -> [[UInt8]] {
    try [
      Tar.bytes([
        ("train/a/0.png", SmallImage.png(4)), ("train/b/0.png", SmallImage.png(5)), (String(repeating: "d/", count: 40) + "long.txt", Array("text".utf8)),
      ])
    ]
  }

  func mended(_ bytes: [UInt8]) -> [UInt8] { Tar.mended(bytes) }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let path = scratch.appending("x.tar")
    try AtomicFile.write(bytes, to: path, on: LocalDisk())
    _ = try? TarIndex(path).digests()
    try Tar.readAll(path)
  }
}

/// A tar that gzip packed, here without making it smaller, so that mutations meet its contents.
struct GzipTarget: Target {
  let name = "tar-gz"
  let suffixes = [".gz", ".tgz"]
  let words = Tar.words

  func seeds() throws -> [[UInt8]] { try TarTarget().seeds().map(Self.packed) }

  private static let head: [UInt8] = [0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 3]

  /// One stored block, then the checksum and the length.
  static func packed(_ bytes: [UInt8]) -> [UInt8] {
    let bytes = Array(bytes.prefix(Int(UInt16.max)))
    let count = UInt16(bytes.count)
    return head + [1, UInt8(count & 0xFF), UInt8(count >> 8), UInt8(~count & 0xFF), UInt8(~count >> 8)] + bytes
      + Checksum.bytes(Checksum.crc32(bytes[...]), bigEndian: false) + Checksum.bytes(UInt32(count), bigEndian: false)
  }

  func mended(_ bytes: [UInt8]) -> [UInt8] {
    guard bytes.count > 23, bytes.starts(with: Self.head + [1]) else { return bytes }
    return Self.packed(Tar.mended(Array(bytes[15..<(bytes.count - 8)])))
  }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let path = scratch.appending("x.tar.gz")
    try AtomicFile.write(bytes, to: path, on: LocalDisk())
    defer { _ = try? Tar.readAll(path) }
    try GzipChecksum.verify(path)
    try Tar.readAll(path)
  }
}

/// An artifact: a tar whose first member is a manifest.
struct ArtifactTarget: Target {
  let name = "artifact"
  let suffixes = [".tar"]
  let words = [".advgan.json", "\"members\":[", "\"sha256\":\"", "\"format\":2"]

  func seeds() throws -> [[UInt8]] {
    try withFolder { folder in
      let files = ["classes.json", "b.txt"].map { ($0, Array("{\"names\": []}".utf8)) }
      return [try LocalDisk().read(Artifacts.pack(files, as: "x", run: "extract", in: folder).path)]
    }
  }

  func mended(_ bytes: [UInt8]) -> [UInt8] { Tar.mended(bytes) }

  func read(_ bytes: [UInt8], in scratch: FilePath) throws {
    let path = scratch.appending("x.tar")
    try AtomicFile.write(bytes, to: path, on: LocalDisk())
    _ = Verifier(on: LocalDisk()).verify(path, record: nil)
    let artifact = try Artifact(opening: path)
    _ = artifact.stranger(to: "x")
    _ = Provenance(of: artifact.manifest, in: scratch)
    _ = try Difference(from: ComparedSide(artifact), to: ComparedSide(artifact))
    try artifact.verify()
    try artifact.forEachMember { _, _ in }
  }
}

/// Artifacts with files that somebody else may have written, but whose digests are right.
enum Artifacts {
  /// Packs files as the artifact of a stage.
  @discardableResult static func pack(
    _ files: [(String, [UInt8])], as stage: String, run: String, settings: JSON = .object([:]), from inputs: [String: [Artifact]] = [:], in folder: FilePath
  ) throws -> Artifact {
    let source = folder.appending("\(stage).files")
    for (name, bytes) in files {
      try LocalDisk().makeDirectories(source.appending(name).removingLastComponent())
      try AtomicFile.write(bytes, to: source.appending(name), on: LocalDisk())
    }
    return try ArtifactWriter.pack(source, to: folder.appending("\(stage).tar"), stage: stage, run: run, version: 1, settings: settings, inputs: inputs)
  }

  /// The artifact of an extract stage: two classes, 32 x 32 pixels, in each split as many images as asked for.
  static func dataset(_ images: Int, classes: [UInt8] = classes, in folder: FilePath) throws -> Artifact {
    let splits = ["test", "train", "validation"].flatMap { split in
      (0..<images).flatMap { number -> [(String, [UInt8])] in
        let key = "\(split)/00000\(number)"
        return [(key + ".cls", Array("\(number % 2)".utf8)), (key + ".png", SmallImage.png(32))]
      }
    }
    return try pack([("classes.json", classes)] + splits, as: "d", run: "extract", in: folder)
  }

  static let classes = Array("{\"names\":[\"n1 cat\",\"dog\"]}".utf8)
}
