import ArgumentParser
import Glibc
import IO
import Testing

@testable import Jobs
@testable import advgan_job

/// `gc` and `clean`: what goes, and what stays whatever happens.
@Suite struct GarbageTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  static let without = """
    text: {run: source, with: {file: FOLDER/in.txt}}
    """

  func collect(_ arguments: [String] = [], _ job: Job? = nil) throws -> Told {
    let paper = Paper()
    let command = try sandbox.command(CollectGarbage.self, ["gc", "--yes"] + arguments)
    return Told(try command.perform(job ?? sandbox.job(), on: sandbox.disk, terminal: paper.terminal(), ask: nil), paper)
  }

  func clean(_ arguments: [String] = [], _ job: Job? = nil, answer: Bool? = nil) throws -> Told {
    let paper = Paper()
    let command = try sandbox.command(Clean.self, ["clean"] + arguments)
    let ask = answer.map { answer in { (_: String) in answer } }
    return Told(try command.perform(job ?? sandbox.job(), on: sandbox.disk, terminal: paper.terminal(), ask: ask), paper)
  }

  func lock(_ stage: String) throws -> StageLock {
    try Store(at: sandbox.layout.folder, on: sandbox.disk, time: { 0 }).prepare()
    return try StageLock(stage, in: sandbox.layout, for: Surroundings.circumstances(), at: 0, on: sandbox.disk)
  }

  /// All files and folders of the store, with what a link leads to.
  func files() throws -> [String] {
    var names: [String] = []
    func collect(_ folder: FilePath, _ prefix: String) throws {
      for name in try sandbox.disk.list(folder) {
        names.append(prefix + name)
        let path = folder.appending(name)
        if !SymbolicLink.isAt(path), try sandbox.disk.status(path)?.kind == .folder { try collect(path, "\(prefix)\(name)/") }
      }
    }
    if try sandbox.disk.exists(sandbox.layout.folder) { try collect(sandbox.layout.folder, "") }
    return names
  }

  func put(_ name: String, _ text: String = "x") throws {
    try sandbox.disk.makeDirectories(sandbox.path(name).removingLastComponent())
    try AtomicFile.write(Array(text.utf8), to: sandbox.path(name), on: sandbox.disk)
  }

  func checkpoint(_ stage: String, _ fingerprint: Digest) throws {
    let folder = sandbox.layout.checkpoints(stage)
    let store = CheckpointStore(folder: folder, fingerprint: fingerprint, policy: .init(), processor: "test", on: sandbox.disk, time: { 0 })
    try store.save(step: 1, ["a": [1]])
  }

  @Test func inAFolderWithoutWasteNothingGoes() throws {
    _ = try sandbox.make()
    let before = try files()
    let told = try collect()
    #expect(told.status == 0 && told.output == "Nothing to remove.\n" && told.error == "")
    #expect(try files() == before)
  }

  @Test func allThatIsLeftOfAStageThatIsGoneGoes() throws {
    _ = try sandbox.make()
    let all = try files()
    let dry = try collect(["--dry-run"], sandbox.job(Self.without))
    #expect(dry.words[0] == "FILE KIND SIZE WHY")
    #expect(dry.words[1].hasPrefix("\(sandbox.path("a.tar")) artifact ") && dry.words[1].hasSuffix(" its stage is not in job.yaml"))
    #expect(dry.lines.last?.hasPrefix("8 files, ") == true && dry.lines.last?.hasSuffix(". Dry run: nothing was removed.") == true)
    #expect(try files() == all)
    let told = try collect([], sandbox.job(Self.without))
    #expect(told.lines.dropLast() == dry.lines.dropLast() && told.lines.last?.hasPrefix("Removed 8 files, ") == true)
    #expect(try files() == all.filter { !$0.contains("/a.") && !$0.contains("/both.") && !["a.tar", "both.tar"].contains($0) })
    #expect(try sandbox.make(["-q"], sandbox.job(Self.without)).status == 0)
  }

  @Test func whatIsNotProvablyOursStays() throws {
    _ = try sandbox.make()
    let strangers = [
      "notes.tar", "report.html", ".hidden.tar.tmp-1-ff", "a.tar.bak", ".advgan/records/.x", ".advgan/records/no stage.json",
      ".advgan/checkpoints/gone/mine.tar", ".advgan/extra/x.json", "sub/a.tar",
    ]
    for name in strangers { try put(name) }
    // An artifact, but not that of the stage whose place it takes.
    try AtomicFile.write(sandbox.disk.read(sandbox.path("a.tar")), to: sandbox.path("copy.tar"), on: sandbox.disk)
    // Damaged: nothing proves what it was.
    try sandbox.flip(sandbox.path("both.tar"), at: 5)
    _ = try collect([], sandbox.job(Self.without))
    for name in strangers + ["copy.tar", "both.tar"] { #expect(try sandbox.disk.exists(sandbox.path(name)), "\(name)") }
  }

  @Test func linksAreNeitherFollowedNorRemoved() throws {
    _ = try sandbox.make()
    let outside = sandbox.folder.appending("outside")
    try sandbox.disk.makeDirectories(outside.appending("gone"))
    for name in ["gone.json", "gone.log", "gone/000000000000-000000000001.tar"] {
      try AtomicFile.write([1], to: outside.appending(name), on: sandbox.disk)
    }
    try sandbox.disk.removeTree(sandbox.path(".advgan/logs"))
    #expect(symlink(outside.string, sandbox.path(".advgan/logs").string) == 0)
    #expect(symlink(outside.appending("gone.json").string, sandbox.path(".advgan/records/gone.json").string) == 0)
    #expect(symlink(outside.appending("gone").string, sandbox.path(".advgan/checkpoints/gone").string) == 0)
    #expect(symlink(outside.appending("gone").string, sandbox.path(".advgan/staging/a").string) == 0)
    let told = try collect()
    #expect(told.output == "Nothing to remove.\n" && told.error.split(separator: "\n").count == 4)
    #expect(told.error.contains("advgan-job: \(sandbox.path(".advgan/logs")) is a symbolic link: it was left alone\n"))
    _ = try clean(["--yes"])
    #expect(try sandbox.disk.list(outside) == ["gone", "gone.json", "gone.log"])
    #expect(try sandbox.disk.list(outside.appending("gone")).count == 1)
  }

  @Test func runningStagesAreLeftAloneAndSaid() throws {
    _ = try sandbox.make()
    let held = try lock("a")
    let told = try collect([], sandbox.job(Self.without))
    #expect(told.status == 0 && told.error == "advgan-job: stage 'a' is running: its files were left alone\n")
    #expect(try sandbox.disk.exists(sandbox.path("a.tar")) && !sandbox.disk.exists(sandbox.path("both.tar")))
    #expect(try collect(["--json"], sandbox.job(Self.without)).json()["busy"] == .array([.string("a")]))
    let busy = #expect(throws: StageBusy.self) { try clean(["--yes", "a", "text"]) }
    #expect(busy.map(Complaint.status) == 9)
    #expect(try sandbox.disk.exists(sandbox.path("text.tar")))
    _ = held.stage
  }

  @Test func whatCrashesLeftGoes() throws {
    _ = try sandbox.make()
    let before = try files()
    let left = [
      ".a.tar.tmp-12-ab", ".advgan/records/.a.json.tmp-12-ab", ".advgan/staging/a/deep/x", ".advgan/progress/a.json",
      ".advgan/checkpoints/a/.0123456789ab-000000000001.tar.tmp-1-1",
    ]
    for name in left { try put(name) }
    #expect(try collect().words.dropFirst().dropLast().allSatisfy { $0.hasSuffix(" left by a run that broke off") })
    #expect(try files() == before)
  }

  @Test func checkpointsThatNoRunWouldGoOnFromGo() throws {
    let job = try sandbox.job()
    let store = Store(at: job.artifacts, on: sandbox.disk, time: { 0 })
    _ = try sandbox.make(["text"])
    let plan = Planner(job).plan(["both"], try store.listing(of: job.stages))
    let current = try #require(plan["a"]?.fingerprint)
    #expect(plan["both"]?.fingerprint == nil)
    let other = SHA256.digest(of: [7])
    try checkpoint("a", current)
    try checkpoint("a", other)
    try checkpoint("text", other)
    // What 'both' would go on from is not known before 'a' is made.
    try checkpoint("both", other)
    let told = try collect()
    #expect(told.words[1].hasSuffix(" of other settings or inputs than now") && told.words[1].contains("/a/\(other.short)-"))
    #expect(told.words[2].hasSuffix(" its stage is up to date") && told.lines.count == 4)
    #expect(try sandbox.disk.list(sandbox.layout.checkpoints("a")) == ["\(current.short)-000000000001.tar"])
    #expect(try sandbox.disk.exists(sandbox.layout.checkpoints("both")) && !sandbox.disk.exists(sandbox.layout.checkpoints("text")))
  }

  @Test func cleaningRemovesTheNamedStagesAndNothingElse() throws {
    let job = try sandbox.job(Sandbox.stages.replacing("parts: [a, text]}", with: "parts: [a, text]}, with: {published: true}"))
    _ = try sandbox.make([], job)
    let all = try files()
    #expect(all.contains("both.txt"))
    let told = try clean(["both", "--yes"], job)
    #expect(told.status == 0 && told.lines.last?.hasPrefix("Removed 5 files, ") == true)
    #expect(try files() == all.filter { !$0.contains("both") })
  }

  @Test func cleaningEverythingLeavesNothingButOtherPeoplesFiles() throws {
    _ = try sandbox.make()
    _ = try clean(["--yes"])
    #expect(try !sandbox.disk.exists(sandbox.layout.folder))
    #expect(try clean(["--yes"]).output == "Nothing to remove.\n")
    _ = try sandbox.make()
    try put("notes.txt")
    _ = try clean(["--yes"])
    #expect(try files() == ["notes.txt"])
  }

  @Test func aStageThatWasNeverLockedHereLeavesNoLock() throws {
    _ = try sandbox.make(["a"])
    try sandbox.disk.removeTree(sandbox.path(".advgan"))
    #expect(try collect([], sandbox.job(Self.without)).lines.last?.hasPrefix("Removed 1 file, ") == true)
    #expect(try files().filter { !$0.hasPrefix(".advgan") } == ["text.tar"])
    #expect(try !sandbox.disk.exists(sandbox.layout.lock("a")))
    _ = try clean(["--yes"])
    #expect(try files() == [])
  }

  @Test func cleaningAsksAndWithoutAnAnswerRefuses() throws {
    _ = try sandbox.make()
    let before = try files()
    let declined = try clean(answer: false)
    #expect(declined.status == 0 && declined.lines.last == "Nothing was removed." && declined.words[0] == "FILE KIND SIZE")
    do {
      _ = try clean()
      Issue.record("no error")
    } catch {
      #expect("\(error)".contains("nobody can be asked: give --yes, or --dry-run to see what would be removed"))
      #expect(AdvGANJob.exitCode(for: error).rawValue == 64)
    }
    #expect(try clean(["-n"]).lines.last?.hasSuffix("Dry run: nothing was removed.") == true)
    #expect(try files() == before)
    #expect(try clean(answer: true).status == 0)
    #expect(try files() == [])
  }

  @Test func garbageThatHoldsArtifactsIsAskedFor() throws {
    _ = try sandbox.make()
    let before = try files()
    let gone = try sandbox.job(Self.without)
    let command = try sandbox.command(CollectGarbage.self, ["gc"])
    let paper = Paper()
    #expect(throws: ValidationError.self) { try command.perform(gone, on: sandbox.disk, terminal: paper.terminal(), ask: nil) }
    #expect(try command.perform(gone, on: sandbox.disk, terminal: paper.terminal(), ask: { _ in false }) == 0)
    #expect(try files() == before && paper.output.hasSuffix("Nothing was removed.\n"))
  }

  @Test func cleaningLeavesFilesThatNoStageMade() throws {
    try sandbox.disk.makeDirectories(sandbox.path("x").removingLastComponent())
    try AtomicFile.write(Array("my own".utf8), to: sandbox.path("a.tar"), on: sandbox.disk)
    #expect(try clean(["--yes"]).lines == ["Nothing to remove."])
    #expect(try files() == ["a.tar"])
  }

  @Test func whatWasMadeWhileAPersonThoughtStays() throws {
    _ = try sandbox.make()
    let sandbox = sandbox
    let command = try sandbox.command(Clean.self, ["clean", "a"])
    let paper = Paper()
    let status = try command.perform(sandbox.job(), on: sandbox.disk, terminal: paper.terminal()) { _ in
      _ = try? sandbox.make(["-B", "a"])
      return true
    }
    #expect(status == 2)
    #expect(try sandbox.disk.exists(sandbox.path("a.tar")) && paper.error.contains("another, written since"))
  }

  /// Otherwise two runs could hold one stage, each the lock of a file of its own.
  @Test func aLockFileThatLostItsNameIsToldFromTheOneThatHasIt() throws {
    try put("x.lock")
    let path = sandbox.path("x.lock")
    let file = try FileDescriptor.open(path, .readOnly)
    try file.closeAfter {
      #expect(FileLock.isStill(path, file.rawValue))
      try sandbox.disk.remove(path)
      #expect(!FileLock.isStill(path, file.rawValue))
      try put("x.lock")
      #expect(!FileLock.isStill(path, file.rawValue))
    }
  }
}
