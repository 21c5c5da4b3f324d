import IO
import Testing

@testable import Jobs
@testable import advgan_job

@Suite struct DiffTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  func diff(_ arguments: [String], _ job: Job? = nil) throws -> Told {
    let paper = Paper()
    let command = try sandbox.command(Diff.self, ["diff"] + arguments)
    return Told(try command.perform(job ?? sandbox.job(), on: sandbox.disk, terminal: paper.terminal()), paper)
  }

  /// An artifact of these members, at a path.
  func pack(_ name: String, _ members: [String: String], _ settings: JSON = .object([:]), version: Int = 1) throws -> String {
    let folder = sandbox.folder.appending("out-\(name)")
    try sandbox.disk.makeDirectories(folder)
    for (name, text) in members { try AtomicFile.write(Array(text.utf8), to: folder.appending(name), on: sandbox.disk) }
    let path = sandbox.folder.appending("\(name).tar")
    try ArtifactWriter.pack(folder, to: path, stage: name, run: "walk", version: version, settings: settings)
    return path.string
  }

  @Test func equalArtifactsAreIdenticalWhateverTheirNames() throws {
    let a = try pack("a", ["m": "1"])
    let b = try pack("b", ["m": "1"])
    let told = try diff([a, b])
    #expect(told.status == 0 && told.output == "\(a) and \(b) are identical.\n")
    #expect(try diff([a, b, "--json"]).json()["identical"] == .bool(true))
  }

  @Test func damagedArtifactsAreNotCompared() throws {
    let (a, b) = (try pack("a", ["m": "some words"]), try pack("b", ["m": "some words"]))
    try sandbox.flip(FilePath(b), at: sandbox.place(of: "some words", in: FilePath(b)))
    let told = try diff([a, b])
    #expect(told.status == 3 && told.output == "" && told.error.hasPrefix("advgan-job: \(b), member 'm': is damaged"))
  }

  @Test func settingsVersionsMembersAndFiguresAreShownSideBySide() throws {
    let settings = JSON.object(["attack": .object(["steps": .integer(5)]), "epochs": .integer(2), "words": .string("x")])
    let changed = JSON.object(["attack": .object(["steps": .integer(7)]), "epochs": .integer(2), "rates": .array([.integer(1)])])
    let a = try pack("a", ["metrics.jsonl": "{\"loss\": 3}\n{\"loss\": 2.5, \"epoch\": 1}\n", "old": "1"], settings)
    let b = try pack("b", ["metrics.jsonl": "{\"loss\": 1.25, \"epoch\": 1}\n", "new": "22"], changed, version: 2)
    let told = try diff([a, b])
    #expect(told.status == 1)
    #expect(
      told.output == """
        - \(a)
        + \(b)
        made by  version 1 -> 2
        params   attack.steps 5 -> 7
                 rates unset -> 1
                 words x -> unset
        members  metrics.jsonl changed, 38 bytes -> 27 bytes
                 new added, 2 bytes
                 old removed, 1 bytes
        MEMBER         FIGURE  BEFORE  AFTER  DIFFERENCE
        metrics.jsonl  loss    2.5     1.25   -1.25

        """)
  }

  @Test func figuresAreNamedByWhatTellsThemApartAndManyAreLeftToTheDocument() throws {
    func text(_ accuracy: Double) -> String {
      let points = ["0", "8/255"].map { "{\"epsilon_text\": \"\($0)\", \"accuracy\": \(accuracy), \"per_class\": [1, \(accuracy)]}" }
      let models = "[{\"weights\": \"best\", \"points\": [\(points.joined(separator: ","))]}]"
      let many = (0..<60).map { "\"n\($0)\": {\"a\": {\"b\": {\"c\": \(accuracy)}}}" }.joined(separator: ",")
      return "{\"models\": \(models), \(many)}"
    }
    let told = try diff([pack("a", ["evaluation.json": text(0.5)]), pack("b", ["evaluation.json": text(0.25)])])
    let figures = told.words.drop { !$0.hasPrefix("MEMBER") }
    #expect(figures.count == 1 + DifferenceReport.mostFigures + 1 && figures.last == "and 24 more (all of them: --json)")
    #expect(told.words.contains("evaluation.json models[best].points[8/255].accuracy 0.5 0.25 -0.25") == false)
    let json = try diff([sandbox.folder.appending("a.tar").string, sandbox.folder.appending("b.tar").string, "--json"]).json()
    let keys = try #require(json["figures"]?.elements).compactMap { $0["key"]?.text }
    #expect(keys.count == 64 && keys.contains("models[best].points[8/255].accuracy"))
    #expect(keys.contains("models[best].points[0].per_class[1]") && !keys.contains("models[best].points[0].per_class[0]"))
  }

  @Test func anArtifactIsComparedWithItsStageAsItIsNow() throws {
    _ = try sandbox.make()
    let same = try diff(["a"])
    #expect(same.status == 0 && same.output == "\(sandbox.path("a.tar")) and job.yaml as it is now are identical.\n")
    let changed = try sandbox.job(Sandbox.stages.replacing("letter: a", with: "letter: b"))
    let told = try diff(["a"], changed)
    #expect(told.status == 1 && told.lines.dropFirst(2) == ["params  letter a -> b"])
    try sandbox.write("in.txt", "other")
    #expect(try diff(["text"]).words[2].hasPrefix("files file "))
    _ = try sandbox.make(["text"])
    #expect(try diff(["a"]).words[2].hasPrefix("inputs text: text "))
    let other = try sandbox.job(Sandbox.stages.replacing("parts: [a, text]", with: "parts: [text]"))
    #expect(try diff(["both"], other).words[2] == "inputs parts a text -> text")
  }

  @Test func aRecordStandsForItsArtifactsMaking() throws {
    _ = try sandbox.make()
    let record = sandbox.layout.record("a").string
    #expect(try diff([record, "a"]).status == 0)
    try AtomicFile.write([1], to: sandbox.folder.appending("x.json"), on: sandbox.disk)
    let torn = try diff([sandbox.folder.appending("x.json").string, "a"])
    #expect(torn.status == 3 && torn.error.contains("x.json: is damaged; expected the record of a run, found something else"))
  }

  @Test func whatIsMissingOrDamagedOrNotNamedHasItsStatus() throws {
    let error = #expect(throws: FileError.self) { try diff(["a", "text"]) }
    #expect(error.map(Complaint.status) == 66)
    #expect(error?.description == "\(sandbox.path("a.tar")): does not exist; expected the artifact of stage 'a'; make it first")
    #expect(#expect(throws: FileError.self) { try diff(["a"]) }.map(Complaint.status) == 66)
    _ = try sandbox.make()
    let path = sandbox.path("a.tar")
    try sandbox.flip(path, at: try sandbox.place(of: "count", in: path))
    #expect(try diff(["a", "text"]).status == 3)
    let told = try #require(UsageTests().complaint("diff x.tar"))
    #expect(told.sentence == "'x.tar' is a path: name a second one, or a stage of the job file alone" && told.status == 64)
  }
}
