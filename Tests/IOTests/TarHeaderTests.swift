import Testing

@testable import IO

/// The header as it is foretold against the header as libarchive writes it.
struct TarHeaderTests {
  static let deep = "folder/" + String(repeating: "n", count: 95)
  static let names = [
    "a", "train/000000.png", "cotrain@loss=split.json", String(repeating: "x", count: 100), deep,
    String(repeating: "d", count: 50) + "/" + String(repeating: "e", count: 60) + "/" + String(repeating: "f", count: 70),
    String(repeating: "p", count: 155) + "/" + String(repeating: "q", count: 99), "a/" + String(repeating: "z", count: 100),
  ]

  @Test(arguments: names) func theHeaderIsWhatTheWriterWrites(_ name: String) throws {
    let folder = try TemporaryFolder()
    for size in [0, 1, 511, 512, 513, 300_000] {
      let writer = try TarWriter(publishingAt: folder("a.tar"), on: LocalDisk())
      try writer.add(name, [UInt8](repeating: 1, count: size))
      _ = try writer.finish()
      let tar = try LocalDisk().read(folder("a.tar"))
      #expect(try #require(TarHeader.bytes(name: name, size: size)) == Array(tar.prefix(512)), "\(size) bytes")
      #expect(tar.count == 512 + size + TarHeader.padding(behind: size) + 1024)
      #expect(try TarIndex(folder("a.tar")).entries.map(\.name) == [name])
    }
  }

  @Test func whatUstarCannotHoldHasNoHeader() {
    #expect(TarHeader.bytes(name: String(repeating: "x", count: 101), size: 0) == nil)
    #expect(TarHeader.bytes(name: String(repeating: "p", count: 156) + "/q", size: 0) == nil)
    #expect(TarHeader.bytes(name: "a", size: 1 << 33) == nil && TarHeader.bytes(name: "a", size: -1) == nil)
  }

  @Test(arguments: names) func aHeaderIsReadBack(_ name: String) throws {
    for size in [0, 1, 300_000, (1 << 33) - 1] {
      let header = try #require(TarHeader.bytes(name: name, size: size))
      #expect(try #require(TarHeader.parse(header)) == (name, size))
    }
  }

  @Test(arguments: [
    "", ".", "..", "/", "/a", "a/", "a//b", "./a", "a/.", "a/..", "../a", "a/../b", "é", "a\n", "a\u{7F}", "...", ".a", "a/.b", "a..",
    "..a/b",
    "a/...", " ", "a b",
  ])
  func aPlainNameIsOneThatIsSafeAndSpeltSo(_ name: String) {
    let isSafe = MemberName.safe(name) == name && name != "." && name.utf8.allSatisfy { (0x20...0x7E).contains($0) }
    #expect(MemberName.isPlain(name) == isSafe)
  }
}
