import IO
import Jobs
import Testing

@testable import AdvGAN

/// The extract stage, carried out by the runner.
@Suite struct DatasetsRunTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private struct Silence: RunObserver {
    func handle(_ event: RunEvent) {}
  }

  /// Makes a job whose one stage is an extract stage with these settings; gives the result and the artifact's path.
  private func make(_ settings: String, into folder: String = "artifacts") throws -> (result: RunResult, artifact: FilePath) {
    let artifacts = scratch.path.appending(folder)
    let text = "version: 1\nartifacts: \(artifacts)\nstages:\n  dataset:\n    run: extract\n    with: {\(settings)}\n"
    let job = try Job(parsing: text, file: "job.yaml", registry: StageRegistry([Extract.self]))
    let store = Store(at: artifacts, on: LocalDisk(), time: { 0 })
    let circumstances = Circumstances(program: "tests", host: "here", user: "tester", pid: 1, boot: "", slurmJob: nil, processor: "test")
    let runner = Runner(job, store, circumstances, Runner.Options(), stop: StopFlag(), observer: Silence())
    return (try runner.run(["dataset"]), artifacts.appending("dataset.tar"))
  }

  private func images() throws -> FilePath {
    try scratch.tar(classFolders(["train/", "test/"], ["ant", "bee"], count: 5), named: "images.tar")
  }

  @Test func theArtifactHoldsTheDataSet() throws {
    let archive = try images()
    let (result, path) = try make("source: folders, archive: \(archive), validation: 4, seed: 2")
    #expect(result.failures.isEmpty)
    let artifact = try Artifact(opening: path)
    #expect(artifact.manifest.run == "extract")
    let dataset = try Dataset(artifact: artifact)
    #expect(dataset.classes == ["ant", "bee"])
    #expect(dataset.splits.mapValues(\.count) == [.train: 6, .validation: 4, .test: 10])
    #expect(try Datasets.open(path) == dataset)
    #expect(try dataset.split(.test) == Datasets.open(archive).split(.test))
  }

  @Test func twoRunsGiveTheSameBytes() throws {
    let settings = "source: folders, archive: \(try images()), validation: 4"
    let first = try make(settings, into: "1").artifact
    let second = try make(settings, into: "2").artifact
    #expect(try SHA256.digest(ofFile: first) == SHA256.digest(ofFile: second))
  }

  @Test func nothingIsDoneTwiceNorForAChecksumThatWasAdded() throws {
    let archive = try images()
    let settings = "source: folders, archive: \(archive)"
    #expect(try make(settings).result.made == ["dataset"])
    #expect(try make(settings).result.didNothing)
    #expect(try make("\(settings), validation: 0, sha256: \(try SHA256.digest(ofFile: archive).hex)").result.didNothing)
    #expect(try make("\(settings), validation: 2").result.made == ["dataset"])
  }

  @Test func aDamagedImageFailsTheStageAndIsNamed() throws {
    let archive = try scratch.tar(
      [("train/ant/1.png", Array("no image".utf8)), ("train/bee/1.png", PNG.encode(image(1)))], named: "images.tar")
    let (result, path) = try make("source: folders, archive: \(archive)")
    #expect(result.failures.first?.sentence.contains("member 'train/ant/1.png'") == true)
    #expect(!(try LocalDisk().exists(path)))
  }

  @Test func aMistypedSettingIsNamedWithASuggestion() {
    #expect(message { try make("source: folders, archive: a.tar, limits: 3") }.contains("did you mean 'limit'?"))
    #expect(message { try make("source: cifar1, archive: a.tar") }.contains("did you mean 'cifar10'?"))
  }
}
