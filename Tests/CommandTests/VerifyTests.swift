import IO
import Testing

@testable import Jobs
@testable import advgan_job

@Suite struct VerifyTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  func verify(_ arguments: [String] = [], _ job: Job? = nil) throws -> Told {
    let paper = Paper()
    let command = try sandbox.command(Verify.self, ["verify"] + arguments)
    return Told(try command.perform(job ?? sandbox.job(), on: sandbox.disk, terminal: paper.terminal()), paper)
  }

  @Test func whatIsWholeIsSaidSoAndAStageWithoutAnArtifactIsNoMistake() throws {
    _ = try sandbox.make(["a"])
    let told = try verify()
    let size = Table.size(try #require(try sandbox.disk.status(sandbox.path("a.tar"))).size)
    #expect(told.status == 0 && told.error == "")
    #expect(told.words[0] == "FILE STATE SIZE DETAIL")
    #expect(told.words[2] == "\(sandbox.path("a.tar")) whole \(size)")
    #expect(told.words[3] == "\(sandbox.path("both.tar")) missing - no artifact of both yet")
    #expect(told.lines[4].hasPrefix("2 artifacts, 0 checkpoints, ") && told.lines[4].hasSuffix(": none damaged, 1 missing."))
    #expect(try verify(["text"]).lines.count == 3)
  }

  @Test func allDamageIsToldNotOnlyTheFirst() throws {
    _ = try sandbox.make()
    for stage in ["a", "text"] {
      let path = sandbox.path("\(stage).tar")
      try sandbox.flip(path, at: try sandbox.place(of: stage == "a" ? "a: 6" : "banana", in: path))
    }
    let told = try verify()
    #expect(told.status == 3)
    #expect(told.words[1].hasPrefix("\(sandbox.path("text.tar")) damaged ") && told.words[1].hasSuffix(" member 'text.txt'"))
    #expect(told.lines.last?.hasSuffix(": 2 damaged.") == true)
    let sentence =
      ", member 'text.txt': is damaged; expected the content that its manifest names, found other bytes; "
      + "remove the file and run make again, which rebuilds it\n"
    #expect(told.error == ["text", "a"].map { "advgan-job: \(sandbox.path("\($0).tar"))\(sentence)" }.joined())
  }

  @Test func everyAlteredByteOfAnArtifactIsNoticedHoweverItsRecordIs() throws {
    _ = try sandbox.make(["a"])
    let path = sandbox.path("a.tar")
    let good = try sandbox.disk.read(path)
    let record = try #require(sandbox.record("a"))
    for (index, mask) in zip(good.indices, [0x01, 0x20, 0x10, 0x80, 0xFF].cycled()) {
      var bad = good
      bad[index] ^= mask
      try AtomicFile.write(bad, to: path, on: sandbox.disk)
      let now = try #require(try sandbox.disk.status(path))
      // Lost; as it was, so that the file's times give it away; and vouching for the file, as if the disk had rotted.
      for status in [nil, record.status, now] {
        let record = status.map { RunRecord(manifest: record.manifest, digest: record.digest, status: $0, run: nil) }
        let found = Verifier(on: sandbox.disk).verify(path, of: "a", record: record).finding
        guard case .damaged = found else {
          Issue.record("byte \(index), mask \(mask): \(found)")
          continue
        }
      }
    }
  }

  @Test func namedPathsNeedNoJobAndMissingOnesAreSaidSo() throws {
    _ = try sandbox.make()
    let paper = Paper()
    let command = try sandbox.command(Verify.self, ["verify", sandbox.path("a.tar").string, sandbox.path("none.tar").string])
    let told = Told(try command.perform(nil, on: sandbox.disk, terminal: paper.terminal()), paper)
    #expect(told.status == 66)
    #expect(told.error == "advgan-job: \(sandbox.path("none.tar")): does not exist; check the path\n")
    #expect(told.words[1].hasPrefix("\(sandbox.path("a.tar")) whole ") && told.words[2] == "\(sandbox.path("none.tar")) missing -")
  }

  @Test func anArtifactThatIsNotTheFileOfItsRecordIsWholeAllTheSame() throws {
    _ = try sandbox.make()
    // The same stage, made elsewhere of another text.
    let other = try Sandbox()
    try other.write("in.txt", "Cicadas")
    _ = try other.make()
    try AtomicFile.write(sandbox.disk.read(other.path("text.tar")), to: sandbox.path("text.tar"), on: sandbox.disk)
    #expect(try verify(["text"]).words[1].hasSuffix(" not the file of its record"))
    // A record that vouches for these very bytes, and yet names others.
    let record = try #require(sandbox.record("text"))
    let now = try #require(try sandbox.disk.status(sandbox.path("text.tar")))
    try JSON.publish(
      RunRecord(manifest: record.manifest, digest: record.digest, status: now, run: nil), at: sandbox.layout.record("text"), on: sandbox.disk)
    let told = try verify(["text"])
    #expect(told.status == 3 && told.error.contains(": is damaged; expected the digest \(record.digest.short) of its record, found "))
    try sandbox.disk.remove(sandbox.layout.record("a"))
    #expect(try verify(["a"]).words[2].hasSuffix(" without a record"))
  }

  @Test func anArtifactOfAnotherStageIsToldInTheStagesPlaceAndNoFaultElsewhere() throws {
    _ = try sandbox.make()
    try AtomicFile.write(sandbox.disk.read(sandbox.path("a.tar")), to: sandbox.path("text.tar"), on: sandbox.disk)
    let told = try verify(["text"])
    #expect(told.status == 3)
    #expect(
      told.error == "advgan-job: \(sandbox.path("text.tar")): is of a kind that is not supported; expected the artifact of stage 'text', "
        + "found that of stage 'a'; it is not replaced: move it away, or run make -t text, which takes it over under this name\n")
    #expect(try verify([sandbox.path("text.tar").string]).status == 0)
  }

  @Test func checkpointsAreReadToo() throws {
    let job = try sandbox.job("walk: {run: walk, with: {steps: 9}}")
    let store = CheckpointStore(
      folder: sandbox.layout.checkpoints("walk"), fingerprint: SHA256.digest(of: [1]), policy: .init(), processor: "test", on: sandbox.disk, time: { 5 })
    try store.save(step: 3, of: 9, ["trace": Array("abc".utf8)])
    let name = "checkpoints/walk/\(SHA256.digest(of: [1]).short)-000000000003.tar"
    let path = sandbox.path(".advgan").appending(name)
    #expect(try verify([], job).words[2].hasPrefix("\(path) whole "))
    let place = try sandbox.place(of: "abc", in: path)
    try sandbox.flip(path, at: place)
    let told = try verify([], job)
    #expect(told.status == 3 && told.lines.last?.hasPrefix("0 artifacts, 1 checkpoint, ") == true)
    #expect(
      told.error == "advgan-job: \(path), member 'trace': is damaged; expected the content that its head names, found other bytes; "
        + "remove the file: an older one is used, or none\n")
    #expect(try verify([path.string], job).status == 3)
  }

  @Test func theDocumentHasEveryDamage() throws {
    _ = try sandbox.make(["text"])
    let path = sandbox.path("text.tar")
    try sandbox.flip(path, at: try sandbox.place(of: "banana", in: path))
    let json = try verify(["--json", "text"]).json()
    #expect(json["document"]?.text == "advgan-job verify" && json["whole"] == .bool(false))
    let file = try #require(json["files"]?.elements?.first)
    #expect(file["state"]?.text == "damaged" && file["kind"]?.text == "artifact" && file["stage"]?.text == "text")
    #expect(file["damages"]?.elements?.map { $0["place"]?.text } == ["member 'text.txt'"])
  }

  @Test func aPersonSeesHowFarItIs() {
    let paper = Paper()
    let progress = ByteProgress(paper.terminal(isLive: true), of: 400 << 20)
    for _ in 0..<400 { progress.add(1 << 20) }
    let lines = paper.error.split(separator: "\r")
    #expect(lines.count == 100 && lines.last?.hasSuffix("419.4 MB of 419.4 MB read") == true)
  }
}

extension [UInt8] {
  /// The elements over and over.
  func cycled() -> some Sequence<UInt8> {
    sequence(state: 0) { place in
      defer { place += 1 }
      return self[place % count]
    }
  }
}
