import Foundation
import IO
import NN
import Synchronization
import Testing

@testable import Jobs
@testable import advgan_job
@testable import jobs_fixture

/// Collects what a command writes.
final class Paper: Sendable {
  private let text = Mutex((output: "", error: ""))
  var output: String { text.withLock { $0.output } }
  var error: String { text.withLock { $0.error } }

  func terminal(isLive: Bool = false) -> Terminal {
    Terminal(isLive: isLive) { stream, line in
      self.text.withLock { if stream == .output { $0.output += line } else { $0.error += line } }
    }
  }
}

/// A temporary folder with a job of fake stages.
final class Sandbox: Sendable {
  let folder: FilePath
  init() throws {
    folder = FilePath(FileManager.default.temporaryDirectory.path).appending("sandbox-\(UUID().uuidString)")
    try LocalDisk().makeDirectories(folder)
    try write("in.txt", "Abba and banana")
  }
  deinit { try? LocalDisk().removeTree(folder) }

  func write(_ name: String, _ text: String) throws { try AtomicFile.write(Array(text.utf8), to: folder.appending(name), on: LocalDisk()) }

  static let stages = """
    text: {run: source, with: {file: FOLDER/in.txt}}
    a: {run: count, needs: {text: text}, with: {letter: a}}
    both: {run: join, needs: {parts: [a, text]}}
    """

  func job(_ stages: String = stages) throws -> Job {
    let stages = stages.replacing("FOLDER", with: folder.string).split(separator: "\n").map { "  \($0)\n" }.joined()
    return try Job(
      parsing: "version: 1\nartifacts: \(folder)/artifacts\nstages:\n\(stages)", file: "job.yaml", registry: FakeStages.registry)
  }

  /// Runs `make` with arguments as they would be typed.
  func make(
    _ arguments: [String] = [], _ job: Job? = nil, kernels: KernelChoice = .best, stop: StopFlag = StopFlag()
  ) throws -> (status: Int32, paper: Paper) {
    let paper = Paper()
    let command = try #require(try AdvGANJob.parseAsRoot(["make"] + arguments) as? Make)
    return (try command.perform(job ?? self.job(), on: LocalDisk(), kernels: kernels, stop: stop, terminal: paper.terminal()), paper)
  }
}

@Suite struct MakeTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  @Test func aDryRunPrintsThePlanAndWritesNothing() throws {
    let (status, paper) = try sandbox.make(["-n"])
    #expect(status == 0)
    #expect(
      paper.output == """
        STAGE  PLAN  WHY
        text   run   no artifact yet
        a      run   no artifact yet
        both   run   no artifact yet
        3 run. Dry run: nothing was written.

        """)
    #expect(try LocalDisk().status(sandbox.folder.appending("artifacts")) == nil)
  }

  @Test func aRunTellsWhatItDoesAndASecondOneThatThereIsNothingToDo() throws {
    let (status, paper) = try sandbox.make()
    #expect(status == 0)
    #expect(paper.output.contains("[1/3] text: run, no artifact yet\ntext: done in "))
    let again = try sandbox.make()
    #expect(again.status == 0 && again.paper.output == "Nothing to be done for 'all'.\n" && again.paper.error == "")
    #expect(try sandbox.make(["a", "both"]).paper.output == "Nothing to be done for 'a', 'both'.\n")
    #expect(try sandbox.make(["-n"]).paper.output == "Nothing to be done for 'all'.\n")
    #expect(try sandbox.make(["-s"]).paper.output == "")
  }

  @Test func silenceStillTellsWhatWasMade() throws {
    let (_, paper) = try sandbox.make(["-s", "text"])
    #expect(paper.output.hasPrefix("text: done in ") && paper.output.split(separator: "\n").count == 1)
  }

  @Test func aQuestionIsAnsweredByTheExitStatusAlone() throws {
    let stale = try sandbox.make(["-q"])
    #expect(stale.status == 1 && stale.paper.output == "")
    _ = try sandbox.make()
    let fresh = try sandbox.make(["-q"])
    #expect(fresh.status == 0 && fresh.paper.output == "")
    #expect(try sandbox.make(["-q"], sandbox.job(Sandbox.stages.replacing("letter: a", with: "letter: b"))).status == 1)
  }

  @Test func aChangedSettingIsShownInTheDryRun() throws {
    _ = try sandbox.make()
    let (_, paper) = try sandbox.make(["-n"], sandbox.job(Sandbox.stages.replacing("letter: a", with: "letter: b")))
    #expect(
      paper.output == """
        STAGE  PLAN        WHY
        text   up to date
        a      run         params changed: letter a -> b
        both   maybe       waits for a; up to date if its artifact comes out identical
        1 run, 1 maybe, 1 up to date. Dry run: nothing was written.

        """)
  }

  @Test func aMissingInputIsForetoldAndThenAnError() throws {
    try LocalDisk().remove(sandbox.folder.appending("in.txt"))
    let dry = try sandbox.make(["-n"])
    #expect(dry.status == 66)
    #expect(
      dry.paper.error
        == "advgan-job: stage 'text' would fail: its input 'file' is missing: there is nothing at \(sandbox.folder)/in.txt\n")
    let (status, paper) = try sandbox.make()
    #expect(status == 66)
    #expect(
      paper.error == "advgan-job: stage 'text' failed: its input 'file' is missing: there is nothing at \(sandbox.folder)/in.txt; "
        + "put it there, or change 'file' in job.yaml\n")
  }

  @Test func afterAFailureTheStatusIsTwo() throws {
    let (status, paper) = try sandbox.make([], sandbox.job("bad: {run: trouble, with: {kind: sentence}}"))
    #expect(status == 2)
    #expect(paper.error.hasPrefix("advgan-job: stage 'bad' failed: the letters are not in the mood (log: "))
  }

  @Test func underKWhatWaitedForAFailureIsNamed() throws {
    let stages = """
      bad: {run: trouble, with: {kind: sentence}}
      text: {run: source, with: {file: FOLDER/in.txt}}
      worse: {run: join, needs: {parts: [bad, text]}}
      """
    let (status, paper) = try sandbox.make(["-k"], sandbox.job(stages))
    #expect(status == 2 && paper.output.contains("text: done"))
    #expect(paper.error.hasSuffix("\nadvgan-job: not made, for want of what failed or is busy: worse\n"))
  }

  @Test func aStopIsTold() throws {
    let stop = StopFlag()
    stop.raise(.terminate)
    let (status, paper) = try sandbox.make([], stop: stop)
    #expect(status == 143 && paper.error == "advgan-job: stopped by SIGTERM\n")
  }

  @Test func anUnknownTargetIsWrongUsage() throws {
    do {
      _ = try sandbox.make(["bth"])
      Issue.record("no error")
    } catch {
      #expect(Complaint.sentence(for: error) == "advgan-job: job.yaml has no target or stage 'bth' (did you mean 'both'?)")
      #expect(Complaint.status(of: error) == 64)
    }
  }

  @Test func slurmsThreadsCountWhereThereAreAny() {
    let processors = Surroundings.threads([:])
    #expect(processors >= 1 && Surroundings.threads([:], processors: 7) == 7)
    #expect(Surroundings.threads(["SLURM_CPUS_ON_NODE": "9", "SLURM_CPUS_PER_TASK": "3"], processors: 16) == 3)
    #expect(Surroundings.threads(["SLURM_CPUS_ON_NODE": "9"], processors: 16) == 9)
    // taskset, a cpuset or a quota allows less than Slurm says.
    #expect(Surroundings.threads(["SLURM_CPUS_ON_NODE": "64"], processors: 1) == 1)
    for (text, quota) in [("200000 100000\n", 2), ("150000 100000\n", 2), ("1000 100000", 1), ("max 100000\n", nil), ("", nil), ("0 0", nil)] {
      #expect(Surroundings.quota(in: text) == quota)
    }
    for nonsense in ["", "0", "-2", "many", "100000"] { #expect(Surroundings.threads(["SLURM_CPUS_PER_TASK": nonsense]) == processors) }
  }

  @Test(arguments: ["finetune", "cotrain"], ["0", "1e-400", "-0.0"]) func aRateOfNothingIsRefused(_ kind: String, _ rate: String) {
    let text = "version: 1\nstages:\n  d: {run: extract, with: {source: folders, archive: x}}\n"
      + "  t: {run: \(kind), needs: {dataset: d}, with: {rate: \(rate)}}\n"
    let error = #expect(throws: JobFileError.self) { try Job(parsing: text, file: "j", registry: Stages.registry) }
    #expect(error?.message.contains("a 'rate' of 0 trains nothing") == true)
  }

  /// Not after hours of training.
  @Test(arguments: [
    ("labels: [{stage: zzz, words: x}]", "'labels' names the stage 'zzz', which this report does not read: d, e, t"),
    ("labels: [{stage: r, words: x}]", "'labels' names the stage 'r', which this report does not read: d, e, t"),
    ("baseline: t", "'baseline' names 't', which is not among this report's evaluations: e"),
  ])
  func namesOfStagesInAReportAreCheckedAtOnce(_ setting: String, _ sentence: String) throws {
    func job(_ setting: String) throws -> Job {
      let text = "version: 1\nstages:\n  d: {run: extract, with: {source: folders, archive: x}}\n  t: {run: finetune, needs: {dataset: d}}\n"
        + "  e: {run: evaluate, needs: {dataset: d, model: t}}\n  r: {run: report, needs: {evaluations: [e]}, with: {\(setting)}}\n"
      return try Job(parsing: text, file: "j", registry: Stages.registry)
    }
    let error = #expect(throws: JobFileError.self) { try job(setting) }
    #expect(error?.message == "stage 'r': \(sentence)")
    _ = try job("baseline: e, labels: [{stage: t, words: x}, {stage: d, words: y}]")
  }

  @Test func threadsThatNoProcessorsAreThereForAreTold() {
    let told = Surroundings.threadsWarning(nil, ["SLURM_CPUS_ON_NODE": "64"], processors: 1)
    #expect(
      told == "SLURM_CPUS_ON_NODE says 64, but this process may use 1 (its affinity or its control group's quota says so): it runs with as many threads")
    #expect(Surroundings.threadsWarning(9, ["SLURM_CPUS_ON_NODE": "2"], processors: 8)?.hasPrefix("--threads says 9, but") == true)
    #expect(Surroundings.threadsWarning(8, ["SLURM_CPUS_ON_NODE": "64"], processors: 8) == nil)
    #expect(Surroundings.threadsWarning(nil, ["SLURM_CPUS_ON_NODE": "8"], processors: 8) == nil)
    #expect(Surroundings.threadsWarning(nil, [:], processors: 1) == nil)
  }

  @Test func threadsAndJobsMustBePositive() {
    #expect(throws: (any Error).self) { try AdvGANJob.parseAsRoot(["make", "-j", "0"]) }
    #expect(throws: (any Error).self) { try AdvGANJob.parseAsRoot(["make", "--threads", "0"]) }
  }
}

@Suite struct ShowingTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  func status(_ arguments: [String] = [], _ job: Job? = nil) throws -> (status: Int32, output: String) {
    let paper = Paper()
    let command = try #require(try AdvGANJob.parseAsRoot(["status"] + arguments) as? Status)
    return (try command.perform(job ?? sandbox.job(), on: LocalDisk(), FakeSlurm(), terminal: paper.terminal()), paper.output)
  }

  @Test func statusTellsWhatIsFreshAndWhatIsStale() throws {
    #expect(
      try status().output == """
        STAGE  STATE    SIZE  DETAIL
        text   missing  -     no artifact yet
        a      missing  -     no artifact yet
        both   missing  -     no artifact yet

        """)
    _ = try sandbox.make()
    #expect(try status(["--check"]).status == 0)
    let changed = try status(["--check"], sandbox.job(Sandbox.stages.replacing("letter: a", with: "letter: b")))
    #expect(changed.status == 1)
    let lines = changed.output.split(separator: "\n").map {
      $0.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ")
    }
    #expect(lines[1].hasPrefix("text fresh ") && lines[1].contains(" made 20"))
    #expect(lines[2].hasPrefix("a stale ") && lines[2].hasSuffix(" params changed: letter a -> b"))
    #expect(lines[3].hasPrefix("both waiting ") && lines[3].hasSuffix(" waits for a; up to date if its artifact comes out identical"))
  }

  @Test func statusAsJSON() throws {
    _ = try sandbox.make(["text"])
    let json = try JSON(parsing: Array(status(["--json"]).output.utf8))
    #expect(json["up_to_date"] == .bool(false))
    #expect(json["stages"]?.elements?.map { $0["state"]?.text } == ["fresh", "missing", "missing"])
    #expect(json["stages"]?.elements?.first?["sha256"]?.text?.count == 64)
  }

  func inspect(_ stage: String, _ arguments: [String] = []) throws -> (status: Int32, paper: Paper) {
    let paper = Paper()
    let command = try #require(try AdvGANJob.parseAsRoot(["inspect", stage] + arguments) as? Inspect)
    return (try command.perform(ArtifactArgument.path(stage, of: sandbox.job()), on: LocalDisk(), terminal: paper.terminal()), paper)
  }

  @Test func anArtifactIsInspected() throws {
    _ = try sandbox.make()
    let (status, paper) = try inspect("a")
    let lines = paper.output.split(separator: "\n").map(String.init)
    #expect(status == 0)
    #expect(lines[0].hasPrefix("\(sandbox.folder)/artifacts/a.tar  ") && lines[0].hasSuffix("  verified"))
    #expect(lines[1].hasPrefix("made by  a: count, stage version 1, 20"))
    #expect(lines[2].hasPrefix("inputs   text=text ("))
    #expect(lines[3] == #"params   {"ignores_case":true,"letter":"a"}"#)
    #expect(lines[4] == "members  text.txt  5 bytes")
    let json = try JSON(parsing: Array(inspect("a", ["--json"]).paper.output.utf8))
    #expect(json["manifest"]?["run"] == .string("count") && json["run"]?["threads"]?.whole ?? 0 >= 1)
    let processor = Surroundings.circumstances().processor
    #expect(json["run"]?["processor"] == .string(processor) && !processor.isEmpty)
  }

  @Test func tensorsAreCounted() throws {
    let file = SafetensorsFile(
      tensors: ["w": .init(shape: [2], values: [1, 2]), "b": .init(shape: [1], values: [3])], metadata: ["format": "pt"])
    try LocalDisk().makeDirectories(sandbox.folder.appending("out"))
    try AtomicFile.write(file.encoded(), to: sandbox.folder.appending("out/net.safetensors"), on: LocalDisk())
    let path = sandbox.folder.appending("net.tar")
    let paper = Paper()
    try ArtifactWriter.pack(sandbox.folder.appending("out"), to: path, stage: "net", run: "cotrain", version: 1)
    let command = try #require(try AdvGANJob.parseAsRoot(["inspect", path.string]) as? Inspect)
    #expect(try command.perform(path, on: LocalDisk(), terminal: paper.terminal()) == 0)
    #expect(paper.output.hasSuffix("members  net.safetensors  2 tensors, \(file.encoded().count) bytes\n"))
    let named = Paper()
    let curious = try sandbox.command(Inspect.self, ["inspect", path.string, "--tensors"])
    #expect(try curious.perform(path, on: LocalDisk(), terminal: named.terminal()) == 0)
    #expect(
      named.output == paper.output + """
        TENSOR OF net.safetensors  TYPE  SHAPE
        b                          F32   1
        w                          F32   2

        """)
  }

  @Test func provenanceTellsWhetherTheArtifactsBesideItAreStillThose() throws {
    _ = try sandbox.make()
    func inputs() throws -> [String] {
      let told = try inspect("both").paper.output.split(separator: "\n").dropFirst(2).prefix { !$0.hasPrefix("params") }
      return told.map { String($0).replacing(/\([0-9a-f]{12}\)/, with: "(…)") }
    }
    #expect(
      try inputs() == [
        "inputs   parts=a (…) unchanged", "           text=text (…) unchanged, file (…)", "         parts=text (…) unchanged, file (…)",
      ])
    try sandbox.write("in.txt", "other")
    _ = try sandbox.make(["text"])
    #expect(try inputs() == ["inputs   parts=a (…) unchanged", "           text=text (…) replaced", "         parts=text (…) replaced"])
    try sandbox.disk.remove(sandbox.path("text.tar"))
    try AtomicFile.write([1, 2, 3], to: sandbox.path("a.tar"), on: sandbox.disk)
    #expect(try inputs() == ["inputs   parts=a (…) damaged", "         parts=text (…) missing"])
  }

  @Test func inputsThatAManifestNamesOutsideTheFolderAreNotLookedFor() throws {
    _ = try sandbox.make()
    let content = try Artifact(opening: sandbox.path("text.tar")).manifest.content
    try AtomicFile.write(sandbox.disk.read(sandbox.path("text.tar")), to: sandbox.folder.appending("text.tar"), on: sandbox.disk)
    let manifest = Manifest(
      stage: "x", run: "count", version: 1, settings: .object([:]), inputs: ["text": [.init(stage: "../text", digest: content)]],
      external: [:], members: [])
    #expect(Provenance(of: manifest, in: sandbox.layout.folder).links.map(\.state) == [.missing])
  }

  @Test func aDamagedArtifactHasItsOwnStatus() throws {
    _ = try sandbox.make(["text"])
    let path = sandbox.folder.appending("artifacts/text.tar")
    var bytes = try LocalDisk().read(path)
    let place = try #require(bytes.firstRange(of: Array("banana".utf8))?.lowerBound)
    bytes[place] ^= 1
    try AtomicFile.write(bytes, to: path, on: LocalDisk())
    let (status, paper) = try inspect("text")
    #expect(status == 3)
    #expect(paper.error.hasPrefix("advgan-job: \(path), member 'text.txt': is damaged; "))
  }
}

@Suite struct ProcessorNameTests {
  @Test func theProcessorIsTheFirstModelNamed() {
    let text = "processor\t: 0\nvendor_id\t: X\nmodel\t\t: 1\nmodel name\t: Fast CPU: 2.0 GHz \n\nprocessor\t: 1\nmodel name\t: Other\n"
    #expect(Surroundings.model(in: text) == "Fast CPU: 2.0 GHz")
    for nameless in ["", "processor\t: 0\nBogoMIPS\t: 50.00\n", "model name\t:\n", "model name"] {
      #expect(Surroundings.model(in: nameless) == nil)
    }
  }
}

@Suite struct ProgressTests {
  let progress = StageProgress(done: 23_400, total: 50_000, unit: "steps", note: "loss 1.83", doneAtStart: 20_000, elapsed: 1800, now: 1.8e9)

  @Test func progressIsToldInWords() {
    #expect(RunPrinter.line("cotrain", progress) == "cotrain: 23400/50000 steps  46%  1.89/s  3 h 54 min left  loss 1.83")
  }

  @Test func aWarningIsToldUnlessSilent() {
    let paper = Paper()
    for isSilent in [false, true] {
      RunPrinter(paper.terminal(), isSilent: isSilent).handle(.warned(stage: "cotrain", "the last bits may differ"))
    }
    #expect(paper.output == "cotrain: the last bits may differ\n" && paper.error == "")
  }

  @Test func aTerminalRewritesItsLineAndOtherPlacesAreToldSparsely() {
    let live = Paper()
    let plain = Paper()
    let silent = Paper()
    let liveTerminal = live.terminal(isLive: true)
    let printers = [
      RunPrinter(liveTerminal, isSilent: false), RunPrinter(plain.terminal(), isSilent: false),
      RunPrinter(silent.terminal(isLive: true), isSilent: true),
    ]
    for second in 0...100 {
      var progress = progress
      progress.done = second
      progress.total = 100
      progress.now = Double(second) * 5
      for printer in printers { printer.handle(.progress(stage: "s", progress)) }
    }
    liveTerminal.print("done")
    #expect(live.error.split(separator: "\r").count == 102 && live.error.hasSuffix("\r\u{1B}[K") && live.output == "done\n")
    #expect(plain.output.split(separator: "\n").count == 10 && plain.error == "")
    #expect(silent.output == "" && silent.error == "")
  }
}
