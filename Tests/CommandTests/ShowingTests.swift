import Foundation
import IO
import NN
import Testing

@testable import Jobs
@testable import advgan_job
@testable import jobs_fixture

/// `status` and `inspect`: what they show.
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
