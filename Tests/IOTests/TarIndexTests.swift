import Glibc
import IO
import Testing

struct TarIndexTests {
  @Test func findsEveryMember() throws {
    let folder = try TemporaryFolder()
    let contents = (0..<50).map { number in [UInt8](repeating: UInt8(number), count: number * 37) }
    let writer = try TarWriter(publishingAt: folder("a.tar"), on: LocalDisk())
    for (number, content) in contents.enumerated() { try writer.add("train/\(number)", content) }
    _ = try writer.finish()
    let index = try TarIndex(folder("a.tar"))
    #expect(index.entries.map(\.name) == contents.indices.map { "train/\($0)" })
    for number in contents.indices.reversed() { #expect(try index.bytes(of: "train/\(number)") == contents[number]) }
    #expect(index["train/50"] == nil)
    #expect(index["train/7"]?.size == 7 * 37)
  }

  @Test func readsFromManyThreadsAtOnce() async throws {
    let folder = try TemporaryFolder()
    let index = try TarIndex(folder.file("a.tar", sample()))
    try await withThrowingTaskGroup(of: [UInt8].self) { group in
      for _ in 0..<100 { group.addTask { try index.bytes(of: "two") } }
      for try await content in group { #expect(content == bytes("second")) }
    }
  }

  @Test func saysWhichMemberIsMissing() throws {
    let folder = try TemporaryFolder()
    let index = try TarIndex(folder.file("a.tar", sample()))
    let error = fileError { try index.bytes(of: "three") }
    #expect(error?.kind == .missing && error?.place == "member 'three'")
    #expect(fileError { try TarIndex(folder("nothing")) }?.kind == .missing)
  }

  @Test func noticesEveryTruncationAlsoBetweenMembers() throws {
    let folder = try TemporaryFolder()
    for prefix in Hostile.prefixes(of: try sample()) {
      #expect(fileError { try TarIndex(folder.file("x", prefix)) }?.kind == .damaged, "\(prefix.count) bytes")
    }
  }

  @Test func noticesEveryFlippedByteOutsideTheContents() throws {
    let folder = try TemporaryFolder()
    let whole = try sample()
    let contents = [512..<517, 1536..<1542]
    for mask in [0xFF, 0x10, 0x01, 0x80] as [UInt8] {
      for index in whole.indices {
        var flipped = whole
        flipped[index] ^= mask
        let error = fileError {
          let tar = try TarIndex(folder.file("x", flipped))
          for entry in tar.entries { _ = try tar.bytes(of: entry.name) }
        }
        #expect((error == nil) == contents.contains { $0.contains(index) }, "byte \(index), mask \(mask)")
      }
    }
  }

  @Test func theDigestsAreThoseOfTheFileAndOfItsContents() throws {
    let folder = try TemporaryFolder()
    let writer = try TarWriter(publishingAt: folder("a.tar"), on: LocalDisk())
    let contents = ["empty": [], "large": [UInt8](repeating: 7, count: 2_500_000), "small": bytes("x")]
    for (name, content) in contents.sorted(by: { $0.key < $1.key }) { try writer.add(name, content) }
    let published = try writer.finish()
    var told: [Int] = []
    let digests = try TarIndex(folder("a.tar")).digests { told.append($0) }
    #expect(digests.whole == published.digest)
    #expect(digests.members == ["empty", "large", "small"].map { SHA256.digest(of: contents[$0] ?? []) })
    #expect(told == [1 << 20, 2 << 20, published.size])
  }

  @Test func refusesWhatTheWriterWouldNotWrite() throws {
    let folder = try TemporaryFolder()
    func kind(_ fill: (inout RawTar) -> Void) throws -> FileError.Kind? {
      var tar = RawTar()
      fill(&tar)
      return fileError { try TarIndex(folder.file("x", tar.bytes)) }?.kind
    }
    #expect(
      try kind {
        $0.add("a")
        $0.add("a")
        $0.end()
      } == .unsafe)
    #expect(
      try kind {
        $0.add("a")
        $0.add("./a")
        $0.end()
      } == .unsafe)
    #expect(
      try kind {
        $0.add("a")
        $0.end(zeros: 1536)
      } == .damaged)
    #expect(
      try kind {
        $0.add("a")
        $0.end(zeros: 512)
      } == .damaged)
    #expect(
      try kind {
        $0.add("a")
        $0.end()
        $0.add("b")
        $0.end()
      } == .damaged)
    #expect(
      try kind {
        $0.add("a", declaredSize: 0o77777777777)
        $0.end()
      } == .damaged)
    #expect(
      try kind {
        $0.add("d/", type: "5")
        $0.end()
      } == .unsupported)
    #expect(
      try kind {
        $0.add("../a")
        $0.end()
      } == .unsafe)
    // Whole for any other reader.
    #expect(
      try kind {
        $0.add("a", bytes("first"), mode: "000644 ")
        $0.end()
      } == .damaged)
    #expect(fileError { try TarIndex(folder.file("x", bytes(base64: Fixture.tarGzip))) }?.kind == .unsupported)
    #expect(fileError { try TarIndex(folder.file("x", bytes(base64: Fixture.zip))) }?.kind == .unsupported)
  }

  @Test func noticesAFileThatShrankLater() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("a.tar", sample())
    let index = try TarIndex(path)
    #expect(truncate(path.string, 1540) == 0)
    #expect(try index.bytes(of: "one") == bytes("first"))
    #expect(fileError { try index.bytes(of: "two") }?.kind == .damaged)
  }

  /// Headers at 0 and 1024, contents at 512 and 1536, the end at 2048.
  private func sample() throws -> [UInt8] {
    let folder = try TemporaryFolder()
    let writer = try TarWriter(publishingAt: folder("a.tar"), on: LocalDisk())
    try writer.add("one", bytes("first"))
    try writer.add("two", bytes("second"))
    _ = try writer.finish()
    return try LocalDisk().read(folder("a.tar"))
  }
}
