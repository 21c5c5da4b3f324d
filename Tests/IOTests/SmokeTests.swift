import Testing
@testable import IO

@Test func tarRoundTrip() throws {
  let dir: FilePath = "/tmp/io-smoke"
  let disk = LocalDisk()
  try disk.removeTree(dir)
  try disk.makeDirectories(dir)
  let p = dir.appending("a.tar")
  let w = try TarWriter(publishingAt: p, on: disk)
  try w.add("x/a.txt", Array("hello".utf8))
  try w.add("x/b.txt", [])
  let r = try w.finish()
  #expect(try SHA256.digest(ofFile: p) == r.digest)
  let index = try TarIndex(p)
  #expect(index.entries.map(\.name) == ["x/a.txt", "x/b.txt"])
  #expect(try index.bytes(of: "x/a.txt") == Array("hello".utf8))
  let reader = try ArchiveReader(path: p)
  #expect(try reader.next()?.name == "x/a.txt")
  #expect(try reader.readAll(limit: 10) == Array("hello".utf8))
  let picture = Picture(width: 3, height: 2, rgb: Array(0..<18))
  #expect(try PNG.decode(PNG.encode(picture), from: "") == picture)
  #expect(try JPEG.decode(JPEG.encode(picture, quality: 90), from: "").width == 3)
  let s = SafetensorsFile(tensors: ["a": .init(shape: [2], values: [1, 2])])
  #expect(try SafetensorsFile(bytes: s.encoded(), from: "").tensors == s.tensors)
}
