import IO
import Testing

/// `Fixture.nestedTarGzip`: n01.tar (n01/x.txt, n01/y.txt), n02.tar (n02/z.txt), notes.txt.
struct NestedArchiveTests {
  @Test func readsArchivesInsideAnArchiveWithoutUnpacking() throws {
    let folder = try TemporaryFolder()
    let outer = try ArchiveReader(path: folder.file("outer", bytes(base64: Fixture.nestedTarGzip)))
    var found: [String] = []
    while let member = try outer.next(), member.name.hasSuffix(".tar") {
      let inner = try ArchiveReader(nestedIn: outer, name: member.name)
      while let file = try inner.next() { found.append("\(file.name) \(String(decoding: try inner.readAll(limit: 100), as: UTF8.self))") }
    }
    #expect(found == ["n01/x.txt inside", "n01/y.txt other", "n02/z.txt third"])
    #expect(try folder.names == ["outer"])
  }

  @Test func theOuterArchiveGoesOnAfterANestedOneReadInPart() throws {
    let folder = try TemporaryFolder()
    let outer = try ArchiveReader(path: folder.file("outer", bytes(base64: Fixture.nestedTarGzip)))
    _ = try outer.next()
    #expect(try ArchiveReader(nestedIn: outer, name: "n01.tar").next()?.dataOffset == nil)
    #expect(try outer.next()?.name == "n02.tar")
  }

  @Test func namesBothMembersInErrors() throws {
    let folder = try TemporaryFolder()
    var inner = RawTar()
    inner.add("evil", type: "2", link: "x")
    inner.end()
    var tar = RawTar()
    tar.add("inner.tar", inner.bytes)
    tar.add("text", bytes("no archive"))
    tar.end()
    let outer = try ArchiveReader(path: folder.file("outer", tar.bytes))
    _ = try outer.next()
    let reader = try ArchiveReader(nestedIn: outer, name: "inner.tar")
    #expect(fileError { try reader.next() }?.place == "member 'inner.tar > evil'")
    _ = try outer.next()
    let error = fileError { try ArchiveReader(nestedIn: outer, name: "text").next() }
    #expect(error?.kind == .damaged && error?.place == "member 'text'")
  }

  @Test func tellsTheOuterArchivesDamageFromTheNestedOnes() throws {
    let folder = try TemporaryFolder()
    var inner = RawTar()
    inner.add("x", [UInt8](repeating: 1, count: 3000))
    var tar = RawTar()
    tar.add("inner.tar", inner.bytes)
    let outer = try ArchiveReader(path: folder.file("outer", Array(tar.bytes.prefix(2500))))
    _ = try outer.next()
    let error = fileError {
      let reader = try ArchiveReader(nestedIn: outer, name: "inner.tar")
      _ = try reader.next()
      _ = try reader.readAll(limit: 3000)
    }
    #expect(error?.place == "member 'inner.tar'" && error?.expected == "its whole content")
  }

  @Test func survivesEveryPrefixAndEveryFlippedByte() throws {
    let folder = try TemporaryFolder()
    let whole = try bytes(base64: Fixture.nestedTarGzip)
    for hostile in Hostile.prefixes(of: whole) + Hostile.flips(of: whole) {
      _ = fileError {
        let outer = try ArchiveReader(path: folder.file("x", hostile))
        while let member = try outer.next() {
          guard member.kind == .file else { continue }
          let inner = try ArchiveReader(nestedIn: outer, name: member.name)
          while try inner.next() != nil { _ = try inner.readAll(limit: 10_000) }
        }
      }
    }
  }
}
