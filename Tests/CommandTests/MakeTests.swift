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

  @Test func threadsAndJobsMustBePositive() {
    #expect(throws: (any Error).self) { try AdvGANJob.parseAsRoot(["make", "-j", "0"]) }
    #expect(throws: (any Error).self) { try AdvGANJob.parseAsRoot(["make", "--threads", "0"]) }
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
