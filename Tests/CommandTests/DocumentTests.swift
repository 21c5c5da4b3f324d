import Foundation
import Glibc
import IO
import Testing

@testable import AdvGAN
@testable import Jobs
@testable import NN
@testable import advgan_job
@testable import jobs_fixture

/// Documents under `--json` hold what docs/json.md says, and nothing that it does not say.
@Suite(.serialized) struct DocumentTests {
  let sandbox: Sandbox
  init() throws { sandbox = try Sandbox() }

  /// One row of a table: where a value stands, and when it is there.
  struct Row {
    let pattern: [Substring]
    let isAlways: Bool
  }

  /// The tables of a section, and that of the head.
  static func rows(_ command: String) throws -> [Row] {
    let text = String(decoding: try LocalDisk().read(Repository.path("docs/json.md")), as: UTF8.self)
    let sections = text.split(separator: "\n## ")
    let section = try #require(sections.dropFirst().first { $0.hasPrefix("\(command)\n") }, "docs/json.md has no section '\(command)'")
    return [sections[0], section].flatMap { section in
      section.split(separator: "\n").filter { $0.hasPrefix("| `") }.map { line in
        let cells = line.split(separator: "|").map { $0.split(separator: " ").joined(separator: " ") }
        return Row(pattern: parts(cells[0].replacing("`", with: "")), isAlways: cells[1] == "always")
      }
    }
  }

  /// `a[].b` as `a`, `[]`, `b`.
  static func parts(_ place: String) -> [Substring] { place.replacing("[]", with: ".[]").split(separator: ".") }

  /// Where values stand that hold no others, and which containers are empty.
  static func leaves(_ json: JSON, _ place: [Substring] = []) -> [[Substring]] {
    switch json {
    case .object(let members) where !members.isEmpty:
      members.flatMap { leaves($0.value, place + [$0.key.replacing(".", with: "_")[...]]) }
    case .array(let elements) where !elements.isEmpty: elements.flatMap { leaves($0, place + ["[]"]) }
    default: [place]
    }
  }

  static func matches(_ place: [Substring], _ pattern: [Substring]) -> Bool {
    for (index, part) in pattern.enumerated() {
      if part == "**" { return true }
      // An empty container, or null in the place of one, stands for all that it could hold.
      guard index < place.count else { return true }
      guard part == "*" || part == place[index] else { return false }
    }
    return place.count == pattern.count
  }

  /// Each document has a head, is read and written the same by its type, and holds what the page says.
  func check<D: Codable>(
    _ command: String, as type: D.Type, keys: JSONDecoder.KeyDecodingStrategy = .convertFromSnakeCase, _ documents: [JSON]
  ) throws {
    let rows = try Self.rows(command)
    let decoder = JSONDecoder()
    decoder.keyDecodingStrategy = keys
    for document in documents {
      #expect(document["document"]?.text == "advgan-job \(command)" && document["format"] == .integer(1))
      let read = try decoder.decode(D.self, from: Data(document.canonical.utf8))
      #expect(Document.line(command, read) == document.canonical)
    }
    let places = Set(documents.flatMap { Self.leaves($0) })
    for place in places where !rows.contains(where: { Self.matches(place, $0.pattern) }) {
      Issue.record("docs/json.md does not describe \(place.joined(separator: ".")) of '\(command)'")
    }
    for row in rows where row.isAlways && !places.contains(where: { Self.matches($0, row.pattern) }) {
      Issue.record("no document of '\(command)' has \(row.pattern.joined(separator: "."))")
    }
  }

  func perform<Command>(_ type: Command.Type, _ arguments: [String], _ body: (Command, Terminal) throws -> Void) throws -> JSON {
    let paper = Paper()
    try body(sandbox.command(type, arguments + ["--json"]), paper.terminal())
    return try JSON(parsing: Array(paper.output.utf8))
  }

  @Test func makeSubmitAndCancel() throws {
    try check(
      "make", as: PlanDocument.self,
      [
        perform(Make.self, ["make", "-n"]) { _ = try $0.perform(sandbox.job(), on: sandbox.disk, kernels: .best, stop: StopFlag(), terminal: $1) }
      ])
    let slurm = FakeSlurm()
    let launch = Launch(program: "/bin/advgan-job", directory: sandbox.folder, jobFile: "job.yaml")
    func submit(_ options: [String]) throws -> JSON {
      try perform(Submit.self, ["submit"] + options) {
        _ = try $0.perform(sandbox.job(), on: sandbox.disk, slurm, launch, by: "tester@here", terminal: $1)
      }
    }
    let dry = try submit(["-n"])
    let sent = try submit(["a"])
    slurm.put(101, "RUNNING", node: "node1")
    try check("submit", as: SubmissionDocument.self, [dry, sent, submit([])])
    let status = try perform(Status.self, ["status"]) { _ = try $0.perform(sandbox.job(), on: sandbox.disk, slurm, terminal: $1) }
    #expect(status["stages"]?.elements?.first?["slurm"]?["nodes"] == .string("node1"))
    try check("status", as: StatusDocument.self, [status])
    try check("cancel", as: CancellationDocument.self, [perform(Cancel.self, ["cancel"]) { try $0.perform(sandbox.job(), on: sandbox.disk, slurm, terminal: $1) }])
  }

  @Test func statusAndGraph() throws {
    func status() throws -> JSON {
      try perform(Status.self, ["status"]) { _ = try $0.perform(sandbox.job(), on: sandbox.disk, FakeSlurm(), terminal: $1) }
    }
    let before = try status()
    _ = try sandbox.make(["a"])
    let held = try StageLock("both", in: sandbox.layout, for: Surroundings.circumstances(), at: 1, on: sandbox.disk)
    let progress = StageProgress(done: 1, total: 2, unit: "steps", note: "", doneAtStart: 0, elapsed: 1, now: 1)
    try JSON.publish(progress, at: sandbox.layout.progress("both"), on: sandbox.disk)
    let running = try status()
    #expect(running["stages"]?.elements?.last?["progress"]?["seconds_left"] == .integer(1))
    try check("status", as: StatusDocument.self, [before, running])
    try check("graph", as: GraphDocument.self, [perform(Graph.self, ["graph"]) { try $0.perform(sandbox.job(), on: sandbox.disk, terminal: $1) }])
    _ = held.stage
  }

  @Test func logInspectAndVerify() throws {
    let file = SafetensorsFile(tensors: ["w": .init(shape: [2, 1], values: [1, 2])])
    try sandbox.disk.makeDirectories(sandbox.folder.appending("out"))
    try AtomicFile.write(file.encoded(), to: sandbox.folder.appending("out/net.safetensors"), on: sandbox.disk)
    let net = sandbox.folder.appending("net.tar")
    try ArtifactWriter.pack(sandbox.folder.appending("out"), to: net, stage: "net", run: "cotrain", version: 1)
    _ = try sandbox.make()
    func inspect(_ path: FilePath) throws -> JSON {
      try perform(Inspect.self, ["inspect", path.string]) { _ = try $0.perform(path, on: sandbox.disk, terminal: $1) }
    }
    try check("inspect", as: InspectionDocument.self, [inspect(sandbox.path("both.tar")), inspect(net)])
    try check("log", as: LogDocument.self, [perform(Log.self, ["log", "a"]) { try $0.perform(sandbox.job(), on: sandbox.disk, terminal: $1, pause: {}) }])
    try sandbox.flip(sandbox.path("a.tar"), at: sandbox.place(of: "a: 6", in: sandbox.path("a.tar")))
    try check(
      "verify", as: VerificationDocument.self,
      [
        perform(Verify.self, ["verify", "all", net.string, "none.tar"]) {
          _ = try $0.perform(sandbox.job(), on: sandbox.disk, terminal: $1)
        }
      ])
  }

  @Test func diff() throws {
    _ = try sandbox.make()
    func diff(_ a: String, _ b: String) throws -> JSON {
      try perform(Diff.self, ["diff", a, b]) { _ = try $0.perform(sandbox.job(), on: sandbox.disk, terminal: $1) }
    }
    let artifacts = try [1, 2].map { number in
      let folder = sandbox.folder.appending("out\(number)")
      try sandbox.disk.makeDirectories(folder)
      try AtomicFile.write(Array("{\"n\": \(number)}".utf8), to: folder.appending("x.json"), on: sandbox.disk)
      let path = sandbox.folder.appending("out\(number).tar")
      try ArtifactWriter.pack(folder, to: path, stage: "x", run: "walk", version: number, settings: .object(["n": .integer(number)]))
      return path.string
    }
    try check("diff", as: DifferenceDocument.self, [diff("a", "text"), diff("a", "both"), diff(artifacts[0], artifacts[1]), diff("a", "a")])
  }

  @Test func gcAndClean() throws {
    _ = try sandbox.make()
    let one = try sandbox.job(GarbageTests.without)
    try check(
      "gc", as: RemovalDocument.self,
      [
        perform(CollectGarbage.self, ["gc", "--dry-run"]) { _ = try $0.perform(one, on: sandbox.disk, terminal: $1, ask: nil) },
        perform(CollectGarbage.self, ["gc", "--yes"]) { _ = try $0.perform(one, on: sandbox.disk, terminal: $1, ask: nil) },
      ])
    try check(
      "clean", as: RemovalDocument.self, [perform(Clean.self, ["clean", "--yes"]) { _ = try $0.perform(one, on: sandbox.disk, terminal: $1, ask: nil) }])
  }

  @Test func settings() throws {
    try check("settings", as: SettingsDocument.self, [JSON(parsing: Array(Sandbox().run(["settings", "--json"]).output.utf8))])
  }

  @Test func attackAndBench() throws {
    let models = try ModelSandbox()
    try models.writeDiscriminator("net.safetensors")
    func parsed(_ answer: Answer) throws -> JSON { try JSON(parsing: Array(answer.output.utf8)) }
    try check("attack", as: EvaluationDocument.self, keys: .useDefaultKeys, [parsed(models.run("\(AttackTests.command) net.safetensors --json"))])
    try check("bench cotrain", as: CoTrainingBenchDocument.self, [parsed(models.sandbox.run(BenchTests.command + ["--json"]))])
    try check("bench loading", as: LoadingBenchDocument.self, [parsed(models.sandbox.run(BenchLoadingTests.command(on: models) + ["--json"]))])
    try check("bench kernels", as: KernelBenchDocument.self, [parsed(models.sandbox.run(BenchKernelsTests.command + ["--json"]))])
  }

  @Test func whatIsNotDescribedIsNoticed() {
    #expect(!Self.matches(["a", "c"], Self.parts("a.b")) && !Self.matches(["a", "b", "c"], Self.parts("a.b")))
    #expect(Self.matches(["a", "x", "[]"], Self.parts("a.*[]")) && Self.matches(["a", "b", "c"], Self.parts("a.**")))
    #expect(Self.matches(["a"], Self.parts("a[].b")) && !Self.matches(["b"], Self.parts("a[].b")))
  }
}
