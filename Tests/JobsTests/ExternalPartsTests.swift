import DiskSupport
import Foundation
import Glibc
import Testing

@testable import IO
@testable import Jobs

/// External inputs of which some parts count.
@Suite struct ExternalPartsTests {
  let bench: Bench
  init() throws { bench = try Bench(on: HastyDisk(hidesTraces: true)) }

  typealias Member = (name: String, text: String)

  @discardableResult
  func tar(_ members: [Member], _ name: String = "in.tar") throws -> FilePath {
    let path = bench.folder.appending(name)
    let writer = try TarWriter(publishingAt: path, on: HastyDisk())
    for member in members { try writer.add(member.name, Array(member.text.utf8)) }
    _ = try writer.finish()
    return path
  }

  func digest(
    _ path: FilePath, _ parts: [String], reading: @escaping ExternalDigests.Reading = { _, _, _ in }
  ) throws -> Digest? {
    try ExternalDigests(bench.layout, on: bench.disk, time: { 0 }, reading: reading).digest(of: ExternalInput(path, parts: parts), for: "x")
  }

  static let members: [Member] = [("b.tar", "bbb"), ("a.tar", "aa"), ("c.tar", "cccc"), ("d/one", "1"), ("d/two", "2")]

  @Test func membersThatAreNotWantedChangeNothing() throws {
    let parts = ["d", "a.tar"]
    let before = try digest(tar(Self.members), parts)
    #expect(try digest(tar(Self.members.map { ($0.name, $0.name == "b.tar" ? "other" : $0.text) }), parts) == before)
    #expect(try digest(tar(Self.members.reversed() + [("e", "new")]), parts) == before)
    #expect(try digest(tar(Self.members.filter { $0.name != "c.tar" }), parts.reversed()) == before)
  }

  @Test func everyWantedNameAndContentCounts() throws {
    let parts = ["d", "a.tar"]
    var seen: Set = [try digest(tar(Self.members), parts)]
    #expect(try seen.insert(digest(tar(Self.members.map { ($0.name, $0.name == "a.tar" ? "ab" : $0.text) }), parts)).inserted)
    #expect(try seen.insert(digest(tar(Self.members.map { ($0.name == "d/one" ? "d/uno" : $0.name, $0.text) }), parts)).inserted)
    #expect(try seen.insert(digest(tar(Self.members.filter { $0.name != "d/two" }), parts)).inserted)
    #expect(try seen.insert(digest(tar(Self.members), ["d"])).inserted)
    #expect(try seen.insert(digest(tar(Self.members), ["d/one"])).inserted)
  }

  @Test func aPartIsAWholeComponentOfAName() throws {
    let nothing = try digest(tar(Self.members), [])
    #expect(try digest(tar(Self.members), ["a", "d/one", "../a.tar", ""]) == nothing)
  }

  /// 64 members of nearly 8 GiB each, of which one byte is there: nobody could read them.
  @Test func whatIsNotWantedIsNotRead() throws {
    let path = bench.folder.appending("large.tar")
    let file = try FileDescriptor.open(path, .writeOnly, options: [.create], permissions: [.ownerReadWrite])
    let (huge, wanted) = ((1 << 33) - 512, Array("aa".utf8))
    var place = 0
    for number in 0..<64 {
      let (name, size) = number == 40 ? ("a.tar", wanted.count) : ("x\(number).tar", huge)
      try file.writeAll(toAbsoluteOffset: Int64(place), try #require(TarHeader.bytes(name: name, size: size)))
      if number == 40 { try file.writeAll(toAbsoluteOffset: Int64(place + 512), wanted) }
      place += 512 + size + TarHeader.padding(behind: size)
    }
    try file.close()
    #expect(truncate(path.string, place + 1024) == 0)
    let told = Collector<[Int]>()
    #expect(try digest(path, ["a.tar"]) { told.add([$1, $2]) } == digest(tar([("a.tar", "aa")]), ["a.tar"]))
    #expect(told.all == [[2, 2]])
  }

  @Test func progressCountsWantedBytesAndEndsTheReading() throws {
    let text = String(repeating: "x", count: 3 << 19)
    let path = try tar([("a", text), ("b", text), ("c", text)])
    let told = Collector<Int>()
    _ = try digest(path, ["a", "c"]) {
      told.add($1)
      #expect($2 == 3 << 20)
    }
    #expect(told.all == [2 << 19, 3 << 19, 4 << 19, 6 << 19])
    #expect(throws: Stopped.self) { try digest(path, ["a", "c"]) { _, _, _ in throw Stopped() } }
  }

  @Test func ofAFolderTheNamedFilesAndFoldersCount() throws {
    try bench.disk.makeDirectories(bench.folder.appending("in/d"))
    let folder = bench.folder.appending("in")
    for (name, text) in [("in/a", "1"), ("in/b", "2"), ("in/d/a", "3")] { try bench.write(name, text) }
    let before = try digest(folder, ["a", "d"])
    try bench.write("in/b", "other")
    #expect(try digest(folder, ["d", "a"]) == before)
    try bench.write("in/d/b", "new")
    #expect(try digest(folder, ["a", "d"]) != before)
  }

  @Test func anyOtherFileCountsAsAWhole() throws {
    let gzip = "H4sIAAAAAAAC/0tMSmZIDTEAQgUjBlIAALyrRFQAAQAA"
    for bytes in [Array("no archive at all".utf8), [UInt8](try #require(Data(base64Encoded: gzip))), []] {
      let path = bench.folder.appending("in")
      try AtomicFile.write(bytes, to: path, on: HastyDisk())
      #expect(try digest(path, ["a"]) == SHA256.digest(of: bytes))
    }
  }

  @Test func otherPartsAreRememberedApart() throws {
    let path = try tar(Self.members)
    let later = Double(try #require(try bench.disk.status(path)).modified) / 1e9 + 10
    let files = Collector<Int>()
    func digests() -> ExternalDigests {
      ExternalDigests(bench.layout, on: bench.disk, time: { later }) { _, done, _ in files.add(done) }
    }
    let inputs = [nil, ["a.tar"], ["b.tar"], ["a.tar", "b.tar"], []].map { ExternalInput(path, parts: $0) }
    let first = digests()
    let before = try inputs.map { try first.digest(of: $0, for: "x") }
    #expect(Set(before).count == inputs.count)
    try bench.store().prepare()
    try first.save(holding: StageLock("x", in: bench.layout, for: Bench.circumstances, at: 0, on: bench.disk))
    let count = files.all.count
    let second = digests()
    #expect(try inputs.map { try second.digest(of: $0, for: "x") } == before)
    #expect(files.all.count == count)
  }

  @Test func aStageIsFreshWhileItsPartsAre() throws {
    let job = try bench.job("text: {run: source, with: {file: FOLDER/in.tar, part: a.tar}}")
    try tar(Self.members)
    #expect(try bench.make(job).made == ["text"])
    try tar(Self.members + [("e.tar", "new")])
    #expect(try bench.plan(job).isUpToDate)
    try tar([("a.tar", "other")])
    #expect(try bench.reasons(job) == ["text: run, input file changed: file"])
  }

  @Test func hostileTarsGiveADigestOrATypedError() throws {
    let bytes = try LocalDisk().read(tar(Self.members))
    var hostile = stride(from: 0, to: bytes.count, by: 31).map { Array(bytes.prefix($0)) }
    for place in bytes.indices where place % 1024 < 512 && place % 5 == 0 {
      var flipped = bytes
      flipped[place] ^= 1 << UInt8(place % 8)
      hostile.append(flipped)
    }
    let path = bench.folder.appending("hostile.tar")
    for bytes in hostile {
      try AtomicFile.write(bytes, to: path, on: HastyDisk())
      do {
        _ = try digest(path, ["a.tar", "d"])
      } catch {
        #expect((error as? FileError)?.kind == .damaged, "\(error)")
      }
    }
  }

  /// Links, and names that leave their folder: nobody would take them, and nobody asks for them.
  @Test func membersThatNobodyTakesArePassedOver() throws {
    let bytes = try LocalDisk().read(tar([("a.tar", "aa")]))
    for (name, type) in [("evil", UInt8(ascii: "2")), ("../evil", UInt8(ascii: "0")), ("pipe", UInt8(ascii: "6"))] {
      let path = bench.folder.appending("hostile.tar")
      try AtomicFile.write(header(name, type) + bytes, to: path, on: HastyDisk())
      #expect(try digest(path, ["a.tar", "..", "evil"]) == digest(tar([("a.tar", "aa")]), ["a.tar"]), "\(name)")
    }
  }

  private func header(_ name: String, _ type: UInt8) throws -> [UInt8] {
    var header = try #require(TarHeader.bytes(name: name, size: 0))
    header[156] = type
    header.replaceSubrange(148..<156, with: "        ".utf8)
    let sum = String(header.reduce(0) { $0 + Int($1) }, radix: 8)
    header.replaceSubrange(148..<156, with: Array((String(repeating: "0", count: 6 - sum.count) + sum + "\u{0} ").utf8))
    return header
  }
}
