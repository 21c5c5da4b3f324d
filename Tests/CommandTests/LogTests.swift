import Glibc
import IO
import Testing

@testable import Jobs
@testable import advgan_job

@Suite struct LogTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  /// - Parameter pause: what happens while the command waits.
  func log(_ arguments: [String], pause: (Int) throws -> Void = { _ in }) throws -> Told {
    let paper = Paper()
    var count = 0
    var failure: (any Error)?
    let command = try sandbox.command(Log.self, ["log"] + arguments)
    try command.perform(sandbox.job(), on: sandbox.disk, terminal: paper.terminal()) {
      count += 1
      do { try pause(count) } catch { failure = error }
    }
    if let failure { throw failure }
    return Told(0, paper)
  }

  /// Writes at the end of a log, making it where it is not there.
  func append(_ text: String, to stage: String = "a") throws {
    try sandbox.disk.makeDirectories(sandbox.layout.log(stage).removingLastComponent())
    let file = try FileDescriptor.open(
      sandbox.layout.log(stage), .writeOnly, options: [.append, .create], permissions: [.ownerReadWrite])
    try file.closeAfter { _ = try file.writeAll(text.utf8) }
  }

  func lock(_ stage: String = "a") throws -> StageLock {
    try Store(at: sandbox.layout.folder, on: sandbox.disk, time: { 0 }).prepare()
    return try StageLock(stage, in: sandbox.layout, for: Surroundings.circumstances(), at: 0, on: sandbox.disk)
  }

  @Test func theLogOfTheLastRunIsPrinted() throws {
    _ = try sandbox.make()
    let told = try log(["a"])
    #expect(told.lines.count == 3 && told.lines[0].contains(" a runs 'count' (version 1) with ") && told.lines[2].contains(" done in "))
    #expect(try log(["a", "--lines", "1"]).lines == [told.lines[2]])
    #expect(try log(["a", "-n", "0"]).output == "")
    let json = try log(["a", "--json"]).json()
    #expect(json["lines"]?.elements?.map(\.words) == told.lines && json["running"] == .bool(false))
  }

  @Test func withoutALogOneIsToldWhatToDo() throws {
    let error = #expect(throws: FileError.self) { try log(["a"]) }
    #expect(
      error?.description == "\(sandbox.layout.log("a")): does not exist; expected the log of a run of stage 'a'; "
        + "the stage has not run yet: make it")
    #expect(error.map(Complaint.status) == 66)
  }

  @Test func controlCharactersDoNotReachTheTerminal() throws {
    try append("red \u{1B}[31m bell \u{7} back \r right \u{202E} tab \t\n")
    #expect(try log(["a"]).output == "red \\u{1b}[31m bell \\u{7} back \\u{d} right \\u{202e} tab \t\n")
  }

  @Test func aLogOfAStageThatDoesNotRunIsNotWaitedFor() throws {
    try append("one\nno end")
    #expect(try log(["a", "-f"]) { _ in Issue.record("it waits") }.output == "one\nno end\n")
  }

  @Test func theEndOfARunThatWasKilledIsTold() throws {
    try append("one\n")
    try sandbox.disk.makeDirectories(sandbox.layout.owner("a").removingLastComponent())
    try JSON.publish(LockOwner(holder: Surroundings.circumstances(), since: 0), at: sandbox.layout.owner("a"), on: sandbox.disk)
    let told = try log(["a", "-f"]) { _ in Issue.record("it waits") }
    #expect(told.output == "one\n-- a ended without a word: it was killed, or its machine went down --\n")
    #expect(try log(["a"]) { _ in }.output == "one\n")
  }

  @Test func followingGoesOnWhileTheStageRunsAndEndsWithIt() throws {
    try append("one\n")
    var held: StageLock? = try lock()
    let told = try log(["a", "-f"]) { pause in
      switch pause {
      case 1: try append("tw")
      case 2: try append("o\nthree\n")
      default:
        try append("last")
        held = nil
      }
    }
    #expect(held == nil && told.output == "one\ntwo\nthree\nlast\n")
  }

  @Test(arguments: [false, true]) func aNewRunsLogIsAnnounced(_ isInPlace: Bool) throws {
    try append("old one\nold rest")
    var held: StageLock? = try lock()
    let told = try log(["a", "-f"]) { pause in
      if pause == 1 {
        if isInPlace { #expect(truncate(sandbox.layout.log("a").string, 0) == 0) } else { try sandbox.disk.remove(sandbox.layout.log("a")) }
        try append("new\n")
      } else {
        held = nil
      }
    }
    #expect(held == nil && told.output == "old one\nold rest\n-- a is run anew --\nnew\n")
  }

  @Test func aRunThatHasNotBegunItsLogIsWaitedFor() throws {
    var held: StageLock? = try lock()
    let told = try log(["a", "-f"]) { pause in
      if pause == 2 { try append("late\n") }
      if pause == 3 { held = nil }
    }
    #expect(held == nil && told.output == "late\n")
  }

  @Test func aLineWithoutEndIsHandedOutInPieces() throws {
    let long = String(repeating: "x", count: 3 * LogReader.longestLine)
    try append(long)
    let told = try log(["a"])
    #expect(told.output.replacing("\n", with: "") == long && told.lines.count < 4)
  }

  @Test(arguments: [
    ("log a --lines=-1", "--lines must be at least 0, not -1"),
    ("log a -f --json", "a log that is followed has no end: leave --json or --follow out"),
  ])
  func optionsThatMeanNothingAreRefused(_ line: String, _ sentence: String) throws {
    let told = try #require(UsageTests().complaint(line))
    #expect(told.sentence == sentence && told.status == 64)
  }
}
