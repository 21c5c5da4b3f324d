import IO
import Testing

@testable import Jobs

/// An artifact under another stage's name, as after a stage was renamed and its file moved along.
@Suite struct OtherStagesArtifactTests {
  let bench: Bench

  init() throws { bench = try Bench() }

  private func job(_ stage: String) throws -> Job {
    try bench.write("in.txt", "a")
    return try bench.job("\(stage): {run: source, with: {file: FOLDER/in.txt}}")
  }

  private func moved() throws -> (Job, [UInt8]) {
    #expect(try bench.make(try job("old"), ["old"]).made == ["old"])
    try bench.disk.rename(bench.layout.artifact("old"), to: bench.layout.artifact("new"))
    return (try job("new"), try bench.disk.read(bench.layout.artifact("new")))
  }

  @Test func itIsNotReplacedAndNotCalledDamaged() throws {
    let (job, bytes) = try moved()
    let result = try bench.make(job, ["new"])
    #expect(result.made == [] && result.failures.map(\.kind) == [.failed])
    let sentence = try #require(result.failures.first?.description)
    #expect(sentence.contains("found that of stage 'old'; it is not replaced: move it away, or run make -t new") && !sentence.contains("damaged"))
    #expect(try bench.disk.read(bench.layout.artifact("new")) == bytes)
  }

  @Test func touchTakesItOverUnderItsNewName() throws {
    let (job, _) = try moved()
    let result = try Touch(job, bench.store(), Bench.circumstances).run(Request(["new"]))
    #expect(result.refused == [:])
    let artifact = try Artifact(opening: bench.layout.artifact("new"))
    try artifact.verify()
    #expect(artifact.manifest.stage == "new" && artifact.manifest.run == "source")
    #expect(try bench.store().plan(Request(["new"]), of: job).isUpToDate)
    // As if it had been made under this name.
    let bytes = try bench.disk.read(bench.layout.artifact("new"))
    try bench.disk.remove(bench.layout.artifact("new"))
    #expect(try bench.make(job, ["new"]).made == ["new"] && bench.disk.read(bench.layout.artifact("new")) == bytes)
  }

  @Test func touchRefusesOneOfAnotherKind() throws {
    let (_, bytes) = try moved()
    let job = try bench.job("new: {run: walk, with: {steps: 3}}")
    #expect(throws: FileError.self) { try Touch(job, bench.store(), Bench.circumstances).run(Request(["new"])) }
    #expect(try bench.disk.read(bench.layout.artifact("new")) == bytes)
  }
}
