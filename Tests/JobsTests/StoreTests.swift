import DiskSupport
import Foundation
import IO
import Synchronization
import Testing

@testable import Jobs
@testable import jobs_fixture

@Suite struct StoreTests {
  let bench: Bench
  init() throws { bench = try Bench() }

  @Test func aTornRecordMeansTheArtifactIsVerifiedAndTheRecordIsMadeAnew() throws {
    let job = try bench.job("x: {run: walk, with: {steps: 2}}")
    try bench.make(job)
    let path = bench.layout.record("x")
    let record = try bench.disk.read(path)
    for length in stride(from: 0, to: record.count - 1, by: 61) {
      try AtomicFile.write(Array(record.prefix(length)), to: path, on: bench.disk)
      #expect(try bench.plan(job).isUpToDate, "the first \(length) bytes")
    }
    #expect(try bench.make(job).didNothing)
    let adopted = try #require(bench.store().record(of: "x"))
    let digest = SHA256.digest(of: try bench.tar("x"))
    #expect(adopted.run == nil && adopted.digest == digest)
    #expect(try bench.disk.status(bench.layout.artifact("x")) == adopted.status)
  }

  @Test func aLostRecordAndADamagedArtifactAreNoticed() throws {
    let job = try bench.job("x: {run: walk, with: {steps: 2}}")
    try bench.make(job)
    try bench.disk.remove(bench.layout.record("x"))
    let good = try bench.tar("x")
    for place in good.indices {
      var bad = good
      bad[place] ^= 0x20
      try AtomicFile.write(bad, to: bench.layout.artifact("x"), on: bench.disk)
      let listing = try bench.store().listing(of: job.stages)
      if case .damaged? = listing.artifacts["x"] { continue }
      // The one letter of the stage's name: nothing then tells it from the artifact of a stage of that name, which is not taken either.
      #expect(listing.artifacts["x"] == .absent(last: nil) && listing.unreadable["x"]?.contains("found that of stage 'X'") == true, "byte \(place)")
    }
    for length in stride(from: 0, to: good.count - 1, by: 211) {
      try AtomicFile.write(Array(good.prefix(length)), to: bench.layout.artifact("x"), on: bench.disk)
      #expect(try bench.plan(job)["x"]?.reason.hasPrefix("artifact damaged: ") == true, "the first \(length) bytes")
    }
    #expect(try bench.make(job).made == ["x"])
    #expect(try bench.tar("x") == good)
  }

  /// Altering a file alters its times.
  @Test func aFlippedByteIsNoticedAlsoWhereThereIsARecord() throws {
    let job = try bench.job("x: {run: walk, with: {steps: 2}}")
    try bench.make(job)
    let good = try bench.tar("x")
    for place in good.indices {
      var bad = good
      bad[place] ^= 1 << UInt8(place % 8)
      try AtomicFile.write(bad, to: bench.layout.artifact("x"), on: bench.disk)
      #expect(try bench.plan(job)["x"]?.reason.hasPrefix("artifact damaged: ") == true, "byte \(place)")
    }
  }

  @Test func anArtifactFromElsewhereIsTakenForWhatItIs() throws {
    let job = try bench.job("x: {run: walk, with: {steps: 2}}")
    let other = try Bench()
    try other.make(other.job("x: {run: walk, with: {steps: 2}}"))
    try bench.disk.makeDirectories(bench.artifacts)
    try AtomicFile.write(other.tar("x"), to: bench.layout.artifact("x"), on: bench.disk)
    #expect(try bench.make(job).didNothing)
  }

  /// It may be the only copy of something.
  @Test func whatIsNoArtifactIsNeitherReplacedNorRemoved() throws {
    let job = try bench.job("x: {run: walk, with: {steps: 2}}\nrest: {run: walk}")
    let theirs = Array("my thesis, in a file that happens to be called x.tar".utf8)
    try bench.disk.makeDirectories(bench.artifacts)
    try AtomicFile.write(theirs, to: bench.layout.artifact("x"), on: bench.disk)
    let sentence = try #require(bench.plan(job)["x"]?.unreadable)
    #expect(sentence.contains("expected an artifact of this program, or nothing, found a file that is none; it is not replaced: move it away"))
    for options: RequestOptions in [[], RequestOptions(always: true)] {
      let result = try bench.make(job, options, Runner.Options(keepsGoing: true))
      #expect(result.outcome == .failed && result.failures.map(\.sentence) == [sentence])
    }
    #expect(try bench.store().everything(of: ["x"], in: job, seenFrom: "elsewhere").remains.allSatisfy { $0.kind != .artifact })
    #expect(try bench.tar("x") == theirs)
    // Where an artifact was, and somebody put something else.
    try bench.disk.remove(bench.layout.artifact("x"))
    #expect(try bench.make(job).made == ["x"])
    try AtomicFile.write(theirs, to: bench.layout.artifact("x"), on: bench.disk)
    #expect(try bench.make(job).outcome == .failed)
    #expect(try bench.tar("x") == theirs)
  }

  /// By another path, the folder of the artifacts is the same.
  @Test func anInputIsNotReplacedHoweverItsPathIsSpelt() throws {
    try bench.disk.makeDirectories(bench.artifacts)
    try FileManager.default.createSymbolicLink(
      atPath: bench.folder.appending("link").string, withDestinationPath: bench.artifacts.string)
    let path = bench.layout.artifact("x")
    try bench.make(bench.job("x: {run: walk}"))
    let before = try bench.tar("x")
    let job = try bench.job("x: {run: source, with: {file: FOLDER/link/x.tar}}")
    let result = try bench.make(job)
    #expect(result.outcome == .failed)
    #expect(result.failures[0].sentence.contains("expected 'file' to be another file than the artifact, found that they are the same"))
    #expect(try bench.disk.read(path) == before)
  }

  @Test func aRenamedStageMakesItsArtifactAnew() throws {
    try bench.make(bench.job("x: {run: walk, with: {steps: 2}}"))
    #expect(try bench.reasons(bench.job("y: {run: walk, with: {steps: 2}}")) == ["y: run, no artifact yet"])
  }

  @Test func planningWritesNothing() throws {
    let job = try bench.job("x: {run: source, with: {file: FOLDER/in.txt}}")
    try bench.write("in.txt", "a")
    _ = try bench.plan(job)
    #expect(try !bench.disk.exists(bench.artifacts))
  }

  @Test func anArtifactBeginsWithItsManifestAndReadsBack() throws {
    try bench.write("in.txt", "Abba")
    try bench.make(bench.job("x: {run: source, with: {file: FOLDER/in.txt}}\ny: {run: count, needs: {text: x}}"))
    let artifact = try Artifact(opening: bench.layout.artifact("y"))
    let input = try Artifact(opening: bench.layout.artifact("x"))
    #expect(artifact.manifest.inputs == ["text": [Manifest.Input(stage: "x", digest: input.manifest.content)]])
    #expect(input.manifest.external == ["file": SHA256.digest(of: Array("Abba".utf8))])
    #expect(artifact.manifest.members.map(\.name) == ["text.txt"] && artifact.has("text.txt") && !artifact.has(".advgan.json"))
    let all = Collector<String>()
    try artifact.forEachMember { all.add("\($0) \(String(decoding: $1, as: UTF8.self))") }
    #expect(all.all == ["text.txt a: 2\n"])
    #expect(String(decoding: try bench.tar("y").prefix(12), as: UTF8.self) == ".advgan.json")
    #expect { try artifact.bytes(of: "none") } throws: { ($0 as? FileError)?.kind == .missing }
  }

  @Test func manifestsOfEqualRunsAreEqualBytesAndDigestsMustFollowFromTheParts() throws {
    let manifest = Manifest(
      stage: "s", run: "walk", version: 1, settings: .object(["a": .real(0.5)]), inputs: [:], external: [:],
      members: [Manifest.Member(name: "m", size: 3, sha256: SHA256.digest(of: [1]))])
    #expect(try Manifest(parsing: manifest.encoded(), from: "x") == manifest)
    let forged = String(decoding: manifest.encoded(), as: UTF8.self).replacing("0.5", with: "0.25")
    #expect { try Manifest(parsing: Array(forged.utf8), from: "x") } throws: { ($0 as? FileError)?.kind == .damaged }
  }
}

/// A manifest's list of members is written and read past the type that all other JSON goes through.
@Suite struct MemberLinesTests {
  static let names = ["a", "b \"quoted\" \\ c", "\n  ]", "\u{1F}", "größe", "members"]
  static let manifest = Manifest(
    stage: "s", run: "walk", version: 1, settings: .object(["members": .array([.array([]), .array([.array([.string("\n  ]")])])])]),
    inputs: ["members": [Manifest.Input(stage: "x", digest: SHA256.digest(of: []))]], external: ["members": SHA256.digest(of: [2])],
    members: names.map { Manifest.Member(name: $0, size: 1 << 40, sha256: SHA256.digest(of: Array($0.utf8))) })

  @Test func theyAreSpeltAsAnyJSON() throws {
    let bytes = Self.manifest.encoded()
    #expect(bytes == Array(Self.manifest.json.pretty.utf8))
    #expect(try Manifest(parsing: bytes, from: "x") == Self.manifest)
    let empty = Manifest(stage: "s", run: "walk", version: 1, settings: .array([]), inputs: [:], external: [:], members: [])
    #expect(empty.encoded() == Array(empty.json.pretty.utf8))
    #expect(try Manifest(parsing: empty.encoded(), from: "x") == empty)
  }

  @Test func theContentIsTheDigestOfCanonicalJSON() {
    let manifest = Self.manifest
    let members = manifest.members.map { JSON.array([.string($0.name), .integer($0.size), .string($0.sha256.hex)]) }
    let json = JSON.object([
      "content": .integer(1), "run": .string(manifest.run), "settings": manifest.settings, "members": .array(members),
    ])
    #expect(manifest.content == SHA256.digest(of: Array(json.canonical.utf8)))
  }

  @Test func everyPrefixAndEveryAlteredByteIsDamage() {
    let bytes = Self.manifest.encoded()
    var hostile = bytes.indices.map { Array(bytes[..<$0]) }
    for place in bytes.indices {
      var altered = bytes
      altered[place] ^= 1 << UInt8(place % 8)
      hostile.append(altered)
    }
    for bytes in hostile {
      do {
        // Nothing in a manifest depends on the name of its stage.
        #expect(try Manifest(parsing: bytes, from: "x").stage != Self.manifest.stage)
      } catch {
        #expect([.damaged, .unsupported].contains(error.kind))
      }
    }
  }
}

/// Digests of external files, with a clock that the test turns.
@Suite struct ExternalDigestsTests {
  let bench: Bench
  init() throws { bench = try Bench(on: HastyDisk(hidesTraces: true)) }

  /// Digests as of a time, in seconds since 1970.
  func digests(at time: Double) -> ExternalDigests { ExternalDigests(bench.layout, on: bench.disk, time: { time }) }

  @Test func aFileIsReadOnceAndRememberedAcrossRuns() throws {
    let path = try bench.write("in.txt", "a")
    let later = try modified(path) + 10
    let first = digests(at: later)
    #expect(try first.digest(of: ExternalInput(path), for: "x") == SHA256.digest(of: Array("a".utf8)))
    try save(first)
    // The content changes and everything that a file system tells stays: a remembered digest shows.
    try overwriteInPlace(path, "b")
    #expect(try digests(at: later).digest(of: ExternalInput(path), for: "x") == SHA256.digest(of: Array("a".utf8)))
    #expect(try digests(at: later).digest(of: ExternalInput(path), for: "y") == SHA256.digest(of: Array("b".utf8)))
  }

  @Test func aFileWhoseTimeOfModificationWasPutBackIsReadAgain() throws {
    let path = try bench.write("in.txt", "a")
    let later = try modified(path) + 10
    func digests() -> ExternalDigests { ExternalDigests(bench.layout, on: HastyDisk(), time: { later }) }
    let first = digests()
    _ = try first.digest(of: ExternalInput(path), for: "x")
    try save(first)
    try overwriteInPlace(path, "b")
    #expect(try digests().digest(of: ExternalInput(path), for: "x") == SHA256.digest(of: Array("b".utf8)))
  }

  @Test func aFileHashedWithinTwoSecondsOfItsModificationIsHashedAgain() throws {
    let path = try bench.write("in.txt", "a")
    let soon = try modified(path) + 1.9
    let first = digests(at: soon)
    _ = try first.digest(of: ExternalInput(path), for: "x")
    try save(first)
    try overwriteInPlace(path, "b")
    #expect(try digests(at: soon + 100).digest(of: ExternalInput(path), for: "x") == SHA256.digest(of: Array("b".utf8)))
  }

  @Test func aTornMemoryIsNoMemory() throws {
    let path = try bench.write("in.txt", "a")
    try bench.disk.makeDirectories(bench.layout.externals("x").removingLastComponent())
    try AtomicFile.write(Array("{\"in.txt\": {".utf8), to: bench.layout.externals("x"), on: bench.disk)
    #expect(try digests(at: 0).digest(of: ExternalInput(path), for: "x") == SHA256.digest(of: Array("a".utf8)))
  }

  @Test func aFolderIsItsSortedTree() throws {
    try bench.disk.makeDirectories(bench.folder.appending("in/sub"))
    try bench.write("in/a", "1")
    try bench.write("in/sub/b", "2")
    let folder = bench.folder.appending("in")
    func digest() throws -> Digest? { try digests(at: 0).digest(of: ExternalInput(folder), for: "x") }
    let before = try digest()
    #expect(before != nil)
    try bench.write("in/sub/b", "3")
    let changed = try digest()
    #expect(changed != before)
    try bench.write("in/sub/b", "2")
    #expect(try digest() == before)
    try bench.disk.rename(bench.folder.appending("in/a"), to: bench.folder.appending("in/c"))
    #expect(try digest() != before)
    #expect(try digests(at: 0).digest(of: ExternalInput("/nowhere/at/all"), for: "x") == nil)
  }

  private func modified(_ path: FilePath) throws -> Double { Double(try #require(try bench.disk.status(path)).modified) / 1e9 }

  private func save(_ digests: ExternalDigests) throws {
    try bench.store().prepare()
    let lock = try StageLock("x", in: bench.layout, for: Bench.circumstances, at: 0, on: bench.disk)
    try digests.save(holding: lock)
  }

  /// Changes one byte and sets the modification time back.
  private func overwriteInPlace(_ path: FilePath, _ text: String) throws {
    let before = try #require(try bench.disk.status(path))
    let handle = try #require(FileHandle(forWritingAtPath: path.string))
    try handle.write(contentsOf: Data(text.utf8))
    try handle.close()
    let seconds = Int(before.modified / 1_000_000_000)
    let nanoseconds = Int(before.modified % 1_000_000_000)
    var times = [timespec(tv_sec: seconds, tv_nsec: nanoseconds), timespec(tv_sec: seconds, tv_nsec: nanoseconds)]
    #expect(utimensat(AT_FDCWD, path.string, &times, 0) == 0)
    #expect(try bench.disk.status(path) == before)
  }
}
