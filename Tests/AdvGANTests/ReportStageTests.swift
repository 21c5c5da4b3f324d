import Foundation
import IO
import Testing

@testable import AdvGAN
@testable import Jobs

/// The stage from artifacts on disk to the published page.
@Suite struct ReportStageTests {
  /// Artifacts of a small job below a scratch folder.
  private struct Bench {
    let scratch: ScratchFolder

    init() throws { scratch = try ScratchFolder() }

    func artifact(
      _ stage: String, _ run: String, inputs: [String: [Artifact]] = [:], settings: JSON = .object([:]), _ files: [String: String]
    )
      throws -> Artifact
    {
      try artifact(stage, run, inputs: inputs, settings: settings, files.mapValues { Array($0.utf8) })
    }

    func artifact(_ stage: String, _ run: String, inputs: [String: [Artifact]], settings: JSON, _ files: [String: [UInt8]]) throws
      -> Artifact
    {
      let folder = scratch.path.appending("staging-" + stage)
      for (name, bytes) in files {
        let path = folder.appending(name)
        try LocalDisk().makeDirectories(path.removingLastComponent())
        try AtomicFile.write(bytes, to: path, on: LocalDisk())
      }
      return try ArtifactWriter.pack(
        folder, to: scratch.path.appending(stage + ".tar"), stage: stage, run: run, version: 1, settings: settings, inputs: inputs)
    }

    static let quantities = Array("{\"format\": 1, \"quantities\": []}".utf8)

    /// A data set, a co-training with one sample, a fine-tuning from it, and an evaluation of each.
    func job() throws -> [String: [Artifact]] {
      let dataset = try artifact("dataset", "extract", settings: .object(["source": "cifar10"]), ["classes.json": "{}"])
      let png = ReportFixtures.sampleImage(epoch: 2, shade: 0).png
      let metrics = Array("{\"epoch\":1,\"step\":9,\"loss_generator\":1.25,\"fooled_rate\":0.5}\n".utf8)
      let cotrain = try artifact(
        "cotrain", "cotrain", inputs: ["dataset": [dataset]], settings: .object(["loss": "split", "attack": .object(["steps": 5])]),
        ["metrics.jsonl": metrics, "quantities.json": Self.quantities, "samples/epoch-0002.png": png])
      let finetune = try artifact(
        "finetune", "finetune", inputs: ["dataset": [dataset], "discriminator": [cotrain], "generator": [cotrain]],
        [
          "quantities.json": String(decoding: Self.quantities, as: UTF8.self),
          "metrics.jsonl": "{\"epoch\":1,\"step\":9,\"validation_robust\":0.25,\"best\":true}\n",
          "selection.json":
            "{\"format\":1,\"ended_early\":false,\"best_epoch\":1,\"last_epoch\":1,\"validation_accuracy_best\":0.25,\"validation_accuracy_last\":0.25,\"validation_images\":40}",
        ])
      let evaluations = try [("evaluate-cotrain", cotrain, 2), ("evaluate", finetune, 3)].map { name, model, number in
        let document = String(decoding: try JSONEncoder().encode(ReportFixtures.evaluations[number].document), as: UTF8.self)
        return try artifact(name, "evaluate", inputs: ["dataset": [dataset], "model": [model]], ["evaluation.json": document])
      }
      return ["evaluations": evaluations, "histories": [cotrain, finetune], "dataset": [dataset]]
    }

    /// Runs the stage with settings given as JSON; gives the folder of its files.
    func run(_ inputs: [String: [Artifact]], _ settings: String = "{}", output: String = "output", stop: StopFlag = StopFlag()) throws
      -> FilePath
    {
      var reader = try SettingsReader(resolved: JSON(parsing: Array(settings.utf8)), of: "test.yaml")
      let folder = scratch.path.appending(output)
      try LocalDisk().makeDirectories(folder)
      let checkpoints = CheckpointStore(
        folder: scratch.path.appending("checkpoints"), fingerprint: SHA256.digest(of: []), policy: CheckpointPolicy(), processor: "test", on: LocalDisk(),
        time: { 0 })
      try Report(&reader).run(Workspace(inputs: inputs, output: folder, checkpoints: checkpoints, stop: stop))
      return folder
    }
  }

  private let settings = """
    {"title": "Small job", "baseline": "evaluate-cotrain", "labels": [{"stage": "finetune", "words": "Fine-tuned"}]}
    """

  @Test func makesPageTablesAndFiguresFromArtifacts() throws {
    let bench = try Bench()
    let files = try files(below: try bench.run(try bench.job(), settings))
    #expect(
      Set(files.keys).isSuperset(of: [
        "report.html", "report.json", "tables/accuracy-test.csv", "figures/accuracy-test.svg", "figures/fine-tuning-evaluate-cotrain.svg",
        "figures/losses-cotrain.svg", "figures/validation.svg", "tables/settings-extract.csv",
      ]))
    let page = String(decoding: files["report.html"] ?? [], as: UTF8.self)
    #expect(page.contains("<h1>Small job</h1>"))
    #expect(page.contains("Fine-tuned, best"))
    #expect(page.contains("43.40\u{A0}% <span class=\"extra\">(+5.10)</span>"))
    #expect(page.contains("<span>automobile</span>"))
    let values = String(decoding: files["tables/settings-cotrain.csv"] ?? [], as: UTF8.self)
    #expect(values.contains("cotrain,cotrain,attack.steps,5\n"))
  }

  @Test func theSameArtifactsGiveTheSameBytes() throws {
    let bench = try Bench()
    let job = try bench.job()
    let first = try files(below: try bench.run(job, settings))
    let second = try files(below: try bench.run(job, settings, output: "again"))
    #expect(first == second)
  }

  @Test func namesThatAreNoStagesAreRefused() throws {
    let bench = try Bench()
    let job = try bench.job()
    #expect(
      throws: StageError("'baseline' names 'evaluat', which is not among this report's evaluations: evaluate-cotrain, evaluate")
    ) { try bench.run(job, #"{"baseline": "evaluat"}"#) }
    #expect(
      throws: StageError(
        "'labels' names the stage 'fine', which this report does not read: cotrain, dataset, evaluate, evaluate-cotrain, finetune")
    ) { try bench.run(job, #"{"labels": [{"stage": "fine", "words": "x"}]}"#) }
    #expect(throws: JobFileError.self) {
      try bench.run(job, #"{"labels": [{"stage": "cotrain", "words": "x"}, {"stage": "cotrain", "words": "y"}]}"#)
    }
  }

  @Test func artifactsOfOtherKindsAreRefused() throws {
    let bench = try Bench()
    let job = try bench.job()
    #expect(
      throws: StageError(
        "the role 'evaluations' of a report takes stages that run 'evaluate', but 'cotrain' runs 'cotrain': name its evaluation")
    ) { try bench.run(["evaluations": job["histories"] ?? []]) }
    #expect(
      throws: StageError(
        "the role 'histories' of a report takes trainings, but 'evaluate-cotrain' runs 'evaluate' and has no 'metrics.jsonl': name a stage that "
          + "runs cotrain or finetune")
    ) { try bench.run(["evaluations": job["evaluations"] ?? [], "histories": job["evaluations"] ?? []]) }
  }

  @Test func aDamagedEvaluationIsNamedWithItsArtifact() throws {
    let bench = try Bench()
    let broken = try bench.artifact("evaluate", "evaluate", ["evaluation.json": "{\"format\":1,\"network\":\"resnet32\"}"])
    let error = #expect(throws: FileError.self) { try bench.run(["evaluations": [broken]]) }
    #expect(error?.path == broken.path)
    #expect(error?.place == "member 'evaluation.json', 'width'")
  }

  @Test func leavesWhenToldToStop() throws {
    let bench = try Bench()
    let job = try bench.job()
    let stop = StopFlag()
    stop.raise(.terminate)
    #expect(throws: Stopped.self) { try bench.run(job, stop: stop) }
  }

  @Test(arguments: [Double.nan, -1, 1e300])
  func aTimeThatNoRunHadIsADash(seconds: Double) {
    #expect(RunTimes.moment(seconds) == "\u{2013}")
  }

  @Test func publishesThePageWithRunTimes() throws {
    let bench = try Bench()
    let job = try bench.job()
    let folder = try bench.run(job, settings)
    let artifact = try ArtifactWriter.pack(
      folder, to: bench.scratch.path.appending("report.tar"), stage: "report", run: "report", version: 1)
    let circumstances = Circumstances(program: "advgan-job 0.1.0", host: "node07", user: "u", pid: 1, boot: "", slurmJob: nil, processor: "Xeon")
    let status = try #require(try LocalDisk().status(artifact.path))
    func record(_ started: Double, resumedAt: Int?) -> RunRecord {
      let run = RunRecord.Run(
        started: started, finished: started + 9, seconds: 725, resumedAt: resumedAt, threads: 2, circumstances: circumstances)
      return RunRecord(manifest: artifact.manifest, digest: SHA256.digest(of: []), status: status, run: run)
    }
    let records = ["report": record(1_778_555_400, resumedAt: nil), "cotrain": record(1_778_512_200, resumedAt: 400)]
    var reader = try SettingsReader(resolved: JSON(parsing: Array(settings.utf8)), of: "test.yaml")
    let stage = try Report(&reader)
    try stage.publish(artifact, records: records, into: bench.scratch.path, on: LocalDisk())
    #expect(stage.publishedFiles(stage: "report") == ["report.html"])
    let page = String(decoding: try LocalDisk().read(bench.scratch.path.appending("report.html")), as: UTF8.self)
    let cotrain = "cotrain</th><td>2026-05-11 15:10 UTC</td><td>12 min 5 s, resumed at step 400: earlier runs are not counted</td>"
    let report = "report</th><td>2026-05-12 03:10 UTC</td><td>12 min 5 s</td><td>node07, Xeon, 2 threads, advgan-job 0.1.0</td>"
    let first = try #require(page.firstRange(of: cotrain))
    let second = try #require(page.firstRange(of: report))
    #expect(first.lowerBound < second.lowerBound)
  }
}
