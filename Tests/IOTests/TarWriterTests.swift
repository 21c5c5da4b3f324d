import IO
import Testing

struct TarWriterTests {
  let disk = LocalDisk()

  @Test func writesTheSameBytesTwice() throws {
    let folder = try TemporaryFolder()
    let source = try folder.file("source", [UInt8](repeating: 3, count: 3_000_000))
    var results: [(digest: Digest, size: Int)] = []
    for name in ["a.tar", "b.tar"] {
      let writer = try TarWriter(publishingAt: folder(name), on: disk)
      try writer.add("one", bytes("first"))
      try writer.add("deep/two", contentsOf: source)
      try writer.add("empty", [])
      results.append(try writer.finish())
      #expect(try SHA256.digest(ofFile: folder(name)) == results.last?.digest)
      #expect(try disk.status(folder(name))?.size == results.last?.size)
    }
    #expect(results[0] == results[1])
  }

  /// Pins every byte of the header: names, modes, owners, times. A change here changes every artifact's digest.
  @Test func writesPlainHeaders() throws {
    let folder = try TemporaryFolder()
    let writer = try TarWriter(publishingAt: folder("a.tar"), on: disk)
    try writer.add("dir/name", bytes("content"))
    _ = try writer.finish()
    let tar = try disk.read(folder("a.tar"))
    #expect(tar.count == 512 + 512 + 1024)
    func field(_ range: Range<Int>) -> String { String(decoding: tar[range], as: UTF8.self) }
    let zeros = { (count: Int) in String(repeating: "\u{0}", count: count) }
    #expect(field(0..<100) == "dir/name" + zeros(92))
    #expect(field(100..<148) == "000444 \u{0}000000 \u{0}000000 \u{0}00000000007 00000000000 ")
    #expect(field(156..<157) == "0")
    #expect(field(157..<345) == zeros(100) + "ustar\u{0}00" + zeros(64) + "000000 \u{0}000000 \u{0}")
    #expect(field(345..<512) == zeros(167))
    #expect(field(512..<1024) == "content" + zeros(505))
    #expect(tar[1024...].allSatisfy { $0 == 0 })
  }

  @Test(arguments: ["../x", "/x", "./x", "x/", "", ".", "a//b", "größe", "a\nb", "twice"])
  func refusesNamesThatAreNotPlainAsciiAndNew(name: String) throws {
    let folder = try TemporaryFolder()
    let writer = try TarWriter(publishingAt: folder("a.tar"), on: disk)
    try writer.add("twice", [])
    let error = try #require(fileError { try writer.add(name, []) })
    #expect(error.kind == .unsupported)
    #expect(fileError { try writer.add("fine", []) } == error)
    #expect(fileError { try writer.finish() } == error)
    #expect(try folder.names == [])
  }

  @Test func takesNamesUpToTheFormatsLimit() throws {
    let folder = try TemporaryFolder()
    let longest = String(repeating: "p", count: 155) + "/" + String(repeating: "n", count: 100)
    let writer = try TarWriter(publishingAt: folder("a.tar"), on: disk)
    try writer.add(longest, [1])
    _ = try writer.finish()
    #expect(try TarIndex(folder("a.tar")).bytes(of: longest) == [1])

    let refusing = try TarWriter(publishingAt: folder("b.tar"), on: disk)
    let error = fileError { try refusing.add(String(repeating: "n", count: 101), [1]) }
    #expect(error?.kind == .unsupported && error?.advice?.contains("shorter name") == true)
    #expect(try folder.names == ["a.tar"])
  }

  @Test func aMissingSourceLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let writer = try TarWriter(publishingAt: folder("a.tar"), on: disk)
    try writer.add("one", [1])
    #expect(fileError { try writer.add("two", contentsOf: folder("nothing")) }?.path == folder("nothing"))
    #expect(fileError { try writer.finish() }?.kind == .missing)
    #expect(try folder.names == [])
  }

  @Test func refusesASourceThatGrowsWhileItIsRead() throws {
    let folder = try TemporaryFolder()
    let source = try folder.file("source", [UInt8](repeating: 1, count: 3 << 20))
    let growing = GrowingDisk(source)
    let writer = try TarWriter(publishingAt: folder("a.tar"), on: growing)
    let error = fileError { try writer.add("source", contentsOf: source) }
    #expect(error?.kind == .damaged && error?.path == source)
    #expect(try folder.names == ["source"])
  }

  @Test func cancelAndLettingGoLeaveNothing() throws {
    let folder = try TemporaryFolder()
    do {
      let writer = try TarWriter(publishingAt: folder("a.tar"), on: disk)
      try writer.add("one", [UInt8](repeating: 1, count: 100_000))
      writer.cancel()
      writer.cancel()
      #expect(try folder.names == [])
      let other = try TarWriter(publishingAt: folder("b.tar"), on: disk)
      try other.add("one", [UInt8](repeating: 1, count: 100_000))
    }
    #expect(try folder.names == [])
  }

  @Test func anEmptyTarIsATar() throws {
    let folder = try TemporaryFolder()
    _ = try TarWriter(publishingAt: folder("a.tar"), on: disk).finish()
    #expect(try TarIndex(folder("a.tar")).entries.isEmpty)
  }

  @Test func whatProgressThrowsLeavesNothing() throws {
    let folder = try TemporaryFolder()
    let source = try folder.file("source", [UInt8](repeating: 1, count: (2 << 20) + 5))
    let writer = try TarWriter(publishingAt: folder("a.tar"), on: LocalDisk())
    var told: [Int] = []
    #expect(throws: CancellationError.self) {
      try writer.add("a", contentsOf: source) { count in
        told.append(count)
        if told.count == 2 { throw CancellationError() }
      }
    }
    #expect(told == [1 << 20, 1 << 20])
    #expect(try folder.names == ["source"])
  }
}
