import IO
import Testing

struct ArchiveReaderTests {
  @Test func readsMembersInOrder() throws {
    let folder = try TemporaryFolder()
    var tar = RawTar()
    tar.add("dir/", type: "5")
    tar.add("dir/one", bytes("first"))
    tar.add("two", [UInt8](repeating: 9, count: 100_000))
    tar.add("empty")
    tar.end()
    let reader = try ArchiveReader(path: folder.file("a.tar", tar.bytes))
    #expect(try describe(reader.next()) == "dir folder 0 512")
    #expect(try describe(reader.next()) == "dir/one file 5 1024")
    #expect(try reader.readAll(limit: 5) == bytes("first"))
    #expect(try reader.readAll(limit: 5) == [])
    #expect(try reader.next()?.size == 100_000)
    #expect(try reader.readAll(limit: 100_000) == [UInt8](repeating: 9, count: 100_000))
    #expect(try reader.next()?.name == "empty")
    #expect(try reader.readAll(limit: 0) == [])
    #expect(try reader.next() == nil)
    #expect(try reader.next() == nil)
  }

  @Test(arguments: [Fixture.tarGzip, Fixture.zip])
  func readsCompressedArchives(fixture: String) throws {
    let folder = try TemporaryFolder()
    let reader = try ArchiveReader(path: folder.file("archive", bytes(base64: fixture)))
    #expect(try reader.next()?.name == "a/one.txt")
    #expect(try reader.readAll(limit: 100) == bytes("first"))
    #expect(try reader.next() != nil)
    try reader.skip()
    #expect(try reader.next() == nil)
  }

  @Test func readsNamesOutsideASCII() throws {
    let folder = try TemporaryFolder()
    let reader = try ArchiveReader(path: folder.file("pax", bytes(base64: Fixture.paxGzip)))
    #expect(try reader.next()?.name == "ordner/größe-日本.txt")
    #expect(try reader.readAll(limit: 4) == bytes("utf8"))
  }

  @Test(arguments: [
    ("../evil", FileError.Kind.unsafe), ("a/../../evil", .unsafe), ("/etc/passwd", .unsafe), ("a/..", .unsafe), ("..", .unsafe),
    ("//x", .unsafe), ("a\u{1B}[2J", .unsafe), ("a\nb", .unsafe), (".", .unsafe),
    // An accent on the slash makes one character of the two, but the file system sees the slash.
    ("../\u{301}evil", .unsafe), ("a/..\u{301}/../b", .unsafe),
  ])
  func refusesNamesThatAreNotPlain(name: String, kind: FileError.Kind) throws {
    let folder = try TemporaryFolder()
    var tar = RawTar()
    tar.add(name, bytes("evil"))
    tar.add("good", bytes("good"))
    tar.end()
    let reader = try ArchiveReader(path: folder.file("a.tar", tar.bytes))
    let error = try #require(fileError { try reader.next() })
    #expect(error.kind == kind)
    #expect(!"\(error)".unicodeScalars.contains { $0.value < 0x20 })
    #expect(try reader.next()?.name == "good")
    #expect(try reader.readAll(limit: 4) == bytes("good"))
  }

  @Test func refusesANameOutsideUTF8() throws {
    let folder = try TemporaryFolder()
    var tar = RawTar()
    tar.add("AA", bytes("x"))
    tar.end()
    var raw = tar.bytes
    raw[0] = 0xFF
    raw.replaceSubrange(148..<156, with: RawTar.checksum(of: Array(raw[..<512])))
    let reader = try ArchiveReader(path: folder.file("a.tar", raw))
    #expect(fileError { try reader.next() }?.kind == .unsupported)
  }

  @Test(arguments: ["./a/b", "a//b", "a/./b", "a/b/"])
  func tidiesNames(name: String) throws {
    let folder = try TemporaryFolder()
    var tar = RawTar()
    tar.add(name, type: name.hasSuffix("/") ? "5" : "0")
    tar.end()
    #expect(try ArchiveReader(path: folder.file("a.tar", tar.bytes)).next()?.name == "a/b")
  }

  @Test(arguments: ["1", "2", "3", "4", "6"])
  func refusesLinksAndDevices(type: Character) throws {
    let folder = try TemporaryFolder()
    var tar = RawTar()
    tar.add("good", bytes("good"))
    tar.add("evil", type: type, link: "/etc/passwd")
    tar.end()
    let reader = try ArchiveReader(path: folder.file("a.tar", tar.bytes))
    #expect(try reader.next()?.name == "good")
    let error = try #require(fileError { try reader.next() })
    #expect(error.kind == .unsupported && error.place == "member 'evil'")
    #expect(try reader.next() == nil)
  }

  @Test func refusesMoreThanTheLimit() throws {
    let folder = try TemporaryFolder()
    var tar = RawTar()
    tar.add("big", [UInt8](repeating: 1, count: 1000))
    tar.add("liar", declaredSize: 0o77777777777)
    let reader = try ArchiveReader(path: folder.file("a.tar", tar.bytes))
    _ = try reader.next()
    let error = try #require(fileError { try reader.readAll(limit: 999) })
    #expect(error.kind == .unsafe && error.place == "member 'big'" && error.expected == "at most 999 bytes")
    #expect(try reader.next()?.size == 0o77777777777)
    #expect(fileError { try reader.readAll(limit: .max) }?.kind == .damaged)
  }

  @Test func tellsWhatIsMissingFromWhatIsNoArchive() throws {
    let folder = try TemporaryFolder()
    #expect(fileError { try ArchiveReader(path: folder("nothing")) }?.kind == .missing)
    #expect(fileError { try ArchiveReader(path: folder.path) }?.kind == .unsupported)
    for content in [[], bytes("no archive"), [UInt8](repeating: 0x41, count: 5000)] {
      #expect(fileError { try readAll(folder.file("x", content)) }?.kind == .damaged)
    }
    // What mtree would read: libarchive must not open other files because an archive says so.
    let mtree = "#mtree\n./x type=file contents=/etc/passwd\n"
    #expect(fileError { try readAll(folder.file("x", bytes(mtree))) }?.kind == .damaged)
  }

  @Test func throwsTheSameDamageAgain() throws {
    let folder = try TemporaryFolder()
    var tar = RawTar()
    tar.add("one", [UInt8](repeating: 1, count: 1000))
    let reader = try ArchiveReader(path: folder.file("a", Array(tar.bytes.prefix(1200))))
    #expect(try reader.next()?.size == 1000)
    let first = fileError { try reader.readAll(limit: 1000) }
    #expect(first?.kind == .damaged && first?.place == "member 'one'")
    #expect(fileError { try reader.next() } == first)
    #expect(fileError { try reader.skip() } == first)
  }

  @Test(arguments: [Fixture.tarGzip, Fixture.zip, Fixture.paxGzip])
  func survivesEveryPrefixAndEveryFlippedByte(fixture: String) throws {
    let folder = try TemporaryFolder()
    let whole = try bytes(base64: fixture)
    for hostile in Hostile.prefixes(of: whole) + Hostile.flips(of: whole) {
      _ = fileError { try readAll(folder.file("x", hostile)) }
    }
  }

  @Test func survivesEveryPrefixAndEveryFlippedByteOfATar() throws {
    let folder = try TemporaryFolder()
    var tar = RawTar()
    tar.add("one", bytes("first"))
    tar.add("two", bytes("second"))
    tar.end()
    for hostile in Hostile.prefixes(of: tar.bytes) + Hostile.flips(of: tar.bytes) {
      _ = fileError { try readAll(folder.file("x", hostile)) }
    }
  }

  private func describe(_ member: ArchiveMember?) -> String? {
    member.map { "\($0.name) \($0.kind) \($0.size ?? -1) \($0.dataOffset ?? -1)" }
  }

  /// Reads on after refused members, as far as the reader itself lets it.
  private func readAll(_ path: FilePath) throws {
    let reader = try ArchiveReader(path: path)
    for _ in 0..<10 {
      var ended = false
      let error = fileError {
        let member = try reader.next()
        ended = member == nil
        if member?.kind == .file { _ = try reader.readAll(limit: 1 << 20) }
      }
      if let error, error.kind == .damaged { throw error }
      if ended { return }
    }
  }
}
