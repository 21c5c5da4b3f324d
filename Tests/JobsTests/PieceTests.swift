import DiskSupport
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// Results that are made and kept piece by piece.
@Suite struct PieceTests {
  let bench: Bench
  init() throws { bench = try Bench() }

  static let stages = "gather: {run: gather, with: {pieces: 6}, checkpoint: {keep: 1}}"

  var folder: FilePath { bench.layout.checkpoints("gather") }

  func pieces() throws -> [FilePath] { try bench.disk.list(folder).map { folder.appending($0) } }

  func store(_ fingerprint: Digest = SHA256.digest(of: []), passing: Collector<String> = Collector()) -> CheckpointStore {
    CheckpointStore(
      folder: folder, fingerprint: fingerprint, policy: CheckpointPolicy(), processor: "test", on: bench.disk, onPassingOver: { passing.add($0) }
    ) { 0 }
  }

  /// Makes, and returns the steps of which the stage told and the warnings.
  func make(_ stages: String = stages) throws -> (steps: [Int], warnings: [String]) {
    let (steps, warnings) = (Collector<Int>(), Collector<String>())
    let result = try bench.make(bench.job(stages)) { event in
      if case .progress(_, let progress) = event, progress.unit == "pieces" { steps.add(progress.done) }
      if case .warned(_, let sentence) = event { warnings.add(sentence) }
    }
    #expect(result.outcome == .success)
    return (steps.all, warnings.all)
  }

  @Test func anInterruptedStageKeepsAllItsPiecesAndEndsInIdenticalBytes() throws {
    let job = try bench.job(Self.stages)
    let result = try bench.make(job, stoppingAt: 4)
    #expect(result.outcome == .tryAgain && result.goesOn && result.gotFurther)
    #expect(try pieces().count == 4)
    #expect(try bench.plan(job)["gather"]?.reason.hasPrefix("interrupted at step 4 of 6 (checkpoint ") == true)
    #expect(try bench.store().verify("gather").dropFirst().map(\.finding) == [.whole, .whole, .whole, .whole])
    #expect(try make().steps == [5, 6])
    try bench.expectWhole(job, Whole(Self.stages), "in pieces")
    #expect(bench.store().record(of: "gather")?.run?.resumedAt == 4)
    #expect(try Artifact(opening: bench.layout.artifact("gather")).bytes(of: "pieces/3/number") == Array("3".utf8))
  }

  @Test(arguments: ResumeTests.damages.keys.sorted(), [0, 2, 3]) func theWorkOfADamagedPieceIsDoneAnew(damage: String, place: Int) throws {
    let spoil = try #require(ResumeTests.damages[damage])
    let job = try bench.job(Self.stages)
    try bench.make(job, stoppingAt: 4)
    let path = try pieces()[place]
    try AtomicFile.write(spoil(bench.disk.read(path)), to: path, on: bench.disk)
    #expect(try bench.plan(job)["gather"]?.decision == .resume)
    let (steps, warnings) = try make()
    #expect(steps == [place + 1, 5, 6])
    #expect(warnings.count == 1 && warnings[0].hasPrefix("the piece \(path) is not used: \(path)"))
    try bench.expectWhole(job, Whole(Self.stages), "\(damage) of piece \(place)")
  }

  /// A stage that fills a gap before its newest piece has come further, though that piece is still the newest.
  @Test func fillingAGapIsGettingFurther() throws {
    let job = try bench.job(Self.stages)
    try bench.make(job, stoppingAt: 4)
    try bench.disk.remove(pieces()[1])
    let result = try bench.make(job, stoppingAt: 2)
    #expect(result.outcome == .tryAgain && result.gotFurther)
    #expect(try make().steps == [5, 6])
  }

  @Test func everyPrefixOfAPieceIsPassedOver() throws {
    try store().append(step: 1, ["a": [1], "b": [2, 3]])
    let bytes = try bench.disk.read(pieces()[0])
    for length in stride(from: 0, to: bytes.count, by: 61) {
      try AtomicFile.write(Array(bytes.prefix(length)), to: pieces()[0], on: bench.disk)
      let passed = Collector<String>()
      #expect(try store(passing: passed).pieces().isEmpty && passed.all.count == 1, "the first \(length) bytes")
    }
  }

  @Test func aPieceIsNoStateAndAStateNoPiece() throws {
    let passed = Collector<String>()
    try store().append(step: 1, ["a": [1]])
    #expect(try store(passing: passed).newest() == nil)
    try store().save(step: 2, ["a": [1]])
    #expect(try store(passing: passed).pieces().map(\.step) == [1])
    #expect(passed.all.count == 2 && passed.all[0].contains("found that of a piece") && passed.all[1].contains("found that of a state"))
  }

  @Test func piecesComeInTheOrderOfTheirSteps() throws {
    let store = store()
    for step in [3, 1_000_000_000_000, 20] { try store.append(step: step, ["b": [UInt8(step % 7)], "a": []]) }
    let pieces = try store.pieces()
    #expect(pieces.map(\.step) == [3, 20, 1_000_000_000_000] && pieces.allSatisfy { $0.names == ["a", "b"] })
    #expect(try pieces[1].bytes(of: "b") == [6])
    #expect { try pieces[1].bytes(of: "c") } throws: { ($0 as? FileError)?.kind == .missing }
    #expect(try self.store(SHA256.digest(of: [1])).pieces().isEmpty)
  }

  @Test func onlyTheNewestWholeHeadOfAFingerprintIsListed() throws {
    let (one, other) = (SHA256.digest(of: [1]), SHA256.digest(of: [2]))
    for step in 1...3 { try store(one).append(step: step, of: 9, ["a": []]) }
    try store(other).save(step: 5, ["a": []])
    let newest = folder.appending(CheckpointHead.fileName(one, 3))
    try AtomicFile.write([1], to: newest, on: bench.disk)
    let heads = try CheckpointFolder(folder, on: bench.disk).heads()
    #expect(heads.mapValues(\.step) == [one: 2, other: 5])
  }

  @Test func membersOfPiecesArePackedAsIfTheyWereFiles() throws {
    let (files, some, nothing) = (bench.folder.appending("files"), bench.folder.appending("some"), PieceMembers())
    let contents = ["a": [1], "b/c": [UInt8](repeating: 2, count: 700), "b/d": [], "e": [3]] as [String: [UInt8]]
    for (name, bytes) in contents { try put(name, bytes, in: files) }
    for name in ["a", "b/d"] { try put(name, contents[name] ?? [], in: some) }
    try store().append(step: 1, ["x": contents["e"] ?? [], "y": contents["b/c"] ?? []])
    let (pieces, piece) = (PieceMembers(), try #require(try store().pieces().first))
    try pieces.add("e", from: piece, "x", folder: some)
    try pieces.add("b/c", from: piece, "y", folder: some)
    for (name, folder, members) in [("one.tar", files, nothing), ("two.tar", some, pieces)] {
      try ArtifactWriter.pack(folder, members, to: bench.folder.appending(name), stage: "s", run: "r", version: 1)
    }
    #expect(try bench.disk.read(bench.folder.appending("one.tar")) == bench.disk.read(bench.folder.appending("two.tar")))
  }

  @Test func aNameThatIsTakenIsRefused() throws {
    try store().append(step: 1, ["x": [1]])
    let (pieces, piece) = (PieceMembers(), try #require(try store().pieces().first))
    let output = bench.folder.appending("output")
    try pieces.add("a", from: piece, "x", folder: output)
    #expect { try pieces.add("a", from: piece, "x", folder: output) } throws: { ($0 as? FileError)?.kind == .unsupported }
    #expect { try pieces.add("b", from: piece, "y", folder: output) } throws: { ($0 as? FileError)?.kind == .missing }
    try put("a", [2], in: output)
    func pack(_ pieces: PieceMembers) throws {
      try ArtifactWriter.pack(output, pieces, to: bench.folder.appending("x.tar"), stage: "s", run: "r", version: 1)
    }
    #expect { try pack(pieces) } throws: { "\($0)".contains("output/a: is of a kind that is not supported; expected a new name") }
    let manifest = PieceMembers()
    try manifest.add(".advgan.json", from: piece, "x", folder: output)
    #expect { try pack(manifest) } throws: { "\($0)".contains("found the name of the manifest") }
  }

  @Test func aPieceThatWasAlteredSinceMakesNoArtifact() throws {
    try store().append(step: 1, ["x": [1, 2, 3]])
    let (pieces, piece) = (PieceMembers(), try #require(try store().pieces().first))
    try pieces.add("a", from: piece, "x", folder: bench.folder)
    let path = try #require(try self.pieces().first)
    try bench.flip(path, at: try bench.disk.read(path).count - 1024 - 512)
    let output = bench.folder.appending("output")
    try bench.disk.makeDirectory(output)
    #expect {
      try ArtifactWriter.pack(output, pieces, to: bench.folder.appending("x.tar"), stage: "s", run: "r", version: 1)
    } throws: { ($0 as? FileError)?.kind == .damaged }
    #expect(try !bench.disk.list(bench.folder).contains { $0.contains("x.tar") })
  }

  private func put(_ name: String, _ bytes: [UInt8], in folder: FilePath) throws {
    let path = folder.appending(name)
    try bench.disk.makeDirectories(path.removingLastComponent())
    try AtomicFile.write(bytes, to: path, on: bench.disk)
  }
}

/// Packing that takes long.
@Suite struct PackingTests {
  let bench: Bench
  init() throws { bench = try Bench() }

  static let gather = "gather: {run: gather, with: {pieces: 3, size: 1500000}}"

  /// Makes, and raises the flag when packing is told of.
  func makeUntilPacking(_ job: Job, told: Collector<StageProgress> = Collector()) throws -> RunResult {
    let stop = StopFlag()
    return try bench.make(job, stop: stop) { event in
      guard case .progress(_, let progress) = event, progress.note == "packing" else { return }
      told.add(progress)
      stop.raise(.terminate)
    }
  }

  @Test func aSignalLeavesItWhereThereIsSomethingToGoOnFrom() throws {
    let job = try bench.job(Self.gather)
    let result = try makeUntilPacking(job)
    #expect(result.outcome == .tryAgain && result.made == [])
    #expect(try bench.disk.list(bench.artifacts) == [".advgan"])
    #expect(try bench.leftovers().allSatisfy { $0.contains("/checkpoints/") })
    #expect(try bench.plan(job)["gather"]?.reason.hasPrefix("interrupted at step 3 of 3") == true)
    #expect(try bench.make(job).outcome == .success)
    try bench.expectWhole(job, Whole(Self.gather), "left while packing")
  }

  @Test func aStageWithoutACheckpointIsPackedToTheEnd() throws {
    try bench.write("in.txt", String(repeating: "a", count: 3 << 20))
    let result = try makeUntilPacking(bench.job("text: {run: source, with: {file: FOLDER/in.txt}}"))
    #expect(result.made == ["text"] && result.outcome == .success)
  }

  @Test func progressCountsWhatIsReadForDigestsAndForTheTar() throws {
    try bench.write("in.txt", String(repeating: "a", count: 3 << 20))
    let told = Collector<StageProgress>()
    _ = try makeUntilPacking(bench.job("text: {run: source, with: {file: FOLDER/in.txt}}"), told: told)
    #expect(told.all.map(\.done) == [1, 2, 3, 4, 5, 6] && told.all.allSatisfy { $0.total == 6 && $0.unit == "MiB" && $0.doneAtStart == 1 })
  }

  @Test func aStagesOwnWarningReachesTheWatcherAndItsLogOnce() throws {
    let warnings = Collector<String>()
    try bench.make(bench.job("gather: {run: gather, with: {warning: too few images}}")) { event in
      if case .warned(let stage, let sentence) = event { warnings.add("\(stage): \(sentence)") }
    }
    #expect(warnings.all == ["gather: too few images"])
    let log = String(decoding: try bench.disk.read(bench.layout.log("gather")), as: UTF8.self)
    #expect(log.ranges(of: "too few images").count == 2 && log.ranges(of: "warning too few images").count == 1)
  }
}
