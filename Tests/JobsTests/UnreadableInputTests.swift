import Foundation
import IO
import Jobs
import Testing

/// Inputs from outside that are there but cannot be listed or read: the trouble of one stage alone.
@Suite struct UnreadableInputTests {
  let bench: Bench
  static let stages = """
    bad: {run: source, with: {file: FOLDER/folder}}
    after: {run: count, needs: {text: bad}, with: {letter: a}}
    good: {run: source, with: {file: FOLDER/in.txt}}
    """

  init() throws {
    bench = try Bench()
    try bench.write("in.txt", "Abba and banana")
    try bench.disk.makeDirectories(bench.folder.appending("folder"))
    try bench.write("folder/a.txt", "a")
  }

  private func link(_ name: String, to target: String) throws {
    try FileManager.default.createSymbolicLink(atPath: bench.folder.appending("folder").appending(name).string, withDestinationPath: target)
  }

  @Test(arguments: [
    ("pipe", "/folder/pipe: is of a kind that is not supported; expected a file or a folder, found a device or a pipe; take it out of the folder"),
    (
      "dead link",
      "/folder/dead link: is of a kind that is not supported; expected a file or a folder, found a link that leads nowhere; take it out of the folder"
    ), ("circle", "expected at most 8 folders within each other; does a symbolic link lead in a circle?"),
  ])
  func whatCannotBeReadFailsItsStageAndNoOther(_ kind: String, _ words: String) throws {
    switch kind {
    case "pipe": #expect(mkfifo(bench.folder.appending("folder").appending(kind).string, 0o600) == 0)
    case "circle": try link(kind, to: bench.folder.appending("folder").string)
    default: try link(kind, to: "/nowhere")
    }
    let job = try bench.job(Self.stages)
    let plan = try bench.plan(job)
    let sentence = try #require(plan["bad"]?.unreadable)
    #expect(sentence.hasPrefix("its input 'file' cannot be read: ") && sentence.contains(words), "\(sentence)")
    #expect(plan["bad"]?.decision == .run && plan["bad"]?.reason == sentence && plan["bad"]?.missing == [])
    #expect(plan["good"]?.unreadable == nil && plan["good"]?.reason == "no artifact yet")
    let result = try bench.make(job, [], Runner.Options(keepsGoing: true))
    #expect(result.made == ["good"] && result.outcome == .missingInput)
    #expect(result.failures.map(\.description) == ["stage 'bad' failed: \(sentence)"])
    #expect(try bench.make(job, ["good"]).didNothing)
  }

  /// What an editor or a file manager leaves behind is neither read nor part of the digest.
  @Test func whatIsHiddenNeitherCountsNorHinders() throws {
    let job = try bench.job(Self.stages)
    let stage = try #require(job.stage("bad"))
    let digest = { try #require(try bench.store().listing(of: [stage]).externals["bad"]?["file"] ?? nil) }
    let before = try digest()
    try link(".#a.txt", to: "somebody@host.1234")
    try bench.write("folder/Thumbs.db", "1")
    #expect(mkfifo(bench.folder.appending("folder").appending(".pipe").string, 0o600) == 0)
    #expect(try digest() == before)
    try bench.write("folder/b.txt", "1")
    #expect(try digest() != before)
  }
}
