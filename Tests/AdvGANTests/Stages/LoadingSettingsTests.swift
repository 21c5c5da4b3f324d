import IO
import Jobs
import Logging
import Synchronization
import Testing

@testable import AdvGAN

/// The settings `augmentation.crop`, `sample_classes` and `classes`, and what a stage says of its reading.
@Suite struct LoadingSettingsTests {
  private func job(_ kind: String, with settings: String) throws -> Job {
    let needs = kind == "evaluate" ? "{dataset: data, model: net}" : "{dataset: data}"
    let text = """
      version: 1
      stages:
        data: {run: extract, with: {source: folders, archive: x}}
        net: {run: cotrain, needs: {dataset: data}}
        it: {run: \(kind), needs: \(needs), with: {\(settings)}}
      """
    return try Job(
      parsing: text, file: "job.yaml", registry: StageRegistry([Extract.self, CoTrain.self, FineTune.self, Evaluate.self]))
  }

  private func settings(_ kind: String, _ text: String) throws -> JSON { try #require(job(kind, with: text).stage("it")).settings }

  @Test func skippedTheyAreNotAmongTheSettings() throws {
    for (kind, key) in [("cotrain", "sample_classes"), ("evaluate", "classes")] {
      #expect(try settings(kind, "")[key] == nil)
      #expect(try settings(kind, "\(key): null") == settings(kind, ""))
    }
    for kind in ["cotrain", "finetune"] {
      #expect(try settings(kind, "")["augmentation"]?["crop"] == nil)
      #expect(try settings(kind, "augmentation: {crop: [0.8, 0.9]}")["augmentation"]?["crop"] == .array([.real(0.8), .real(0.9)]))
    }
    #expect(try settings("evaluate", "classes: [n02085620]")["classes"] == .array(["n02085620"]))
  }

  @Test(arguments: [
    ("cotrain", "augmentation: {crop: [0.9, 0.8]}", "'crop' takes the smallest and the largest share"),
    ("cotrain", "augmentation: {crop: [0.9]}", "'crop' takes the smallest and the largest share"),
    ("finetune", "augmentation: {crop: [0, 1]}", "a number from 0.01 to 1, but one is '0'"),
    ("finetune", "augmentation: {crop: 0.8}", "must be a list"),
    ("finetune", "augmentation: {crops: [0.8, 0.9]}", "did you mean 'crop'?"),
    ("cotrain", "sample_classes: []", "'sample_classes' takes 1 to 20 classes"),
    ("evaluate", "classes: []", "name at least one class, or leave 'classes' out for all"),
    ("evaluate", "classes: dog", "must be a list"),
  ])
  func refuses(_ kind: String, _ text: String, _ words: String) {
    let found = message { try job(kind, with: text) }
    #expect(found.hasPrefix("job.yaml:5:") && found.contains(words), "\(found)")
  }

  /// Keeps the lines of a log.
  private final class Lines: Sendable {
    let all = Mutex<[String]>([])
  }

  private struct Handler: LogHandler {
    let lines: Lines
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) { lines.all.withLock { $0.append("\(event.message)") } }
  }

  @Test func aTrainingSaysHowLongItWaitedForImages() throws {
    let scene = try StoredScene(squares(32))
    let lines = Lines()
    let output = scene.scratch.path.appending("output")
    try LocalDisk().makeDirectories(output)
    let checkpoints = CheckpointStore(
      folder: scene.scratch.path.appending("checkpoints"), fingerprint: SHA256.digest(of: []), policy: CheckpointPolicy(), processor: "test", on: LocalDisk(),
      time: { 0 })
    let workspace = Workspace(
      inputs: ["dataset": [try Artifact(opening: scene.path)]], output: output, checkpoints: checkpoints,
      log: Logger(label: "test") { _ in Handler(lines: lines) })
    var reader = SettingsReader(resolved: .object(["width": 1, "batch": 2, "epochs": 1, "average": 0, "sample_rows": 1]), of: "test")
    try CoTrain(&reader).run(workspace)
    #expect(lines.all.withLock { $0.count { $0.wholeMatch(of: /waited \d+\.\d s of \d+ s for images/) != nil } } == 1)
  }
}
