import Foundation
import IO
import Jobs
import NN
import Testing

@testable import AdvGAN

/// A handful of images of two classes that differ in their colour, and settings as a job file gives them.
enum LongRunScene {
  /// `count` images a class and split; noise around a colour of the class.
  static func dataset(_ count: Int = 12) -> Dataset {
    var splits: [Split: ImageSet] = [:]
    for (number, split) in Split.allCases.enumerated() {
      var stream = RandomStream(seed: 7).derived("images", number)
      var pixels: [UInt8] = []
      for image in 0..<2 * count {
        for value in 0..<32 * 32 * 3 {
          let base = (value % 3 == 0) == (image % 2 == 0) ? 150 : 60
          pixels.append(UInt8(base + stream.integer(below: 60)))
        }
      }
      splits[split] = ImageSet(height: 32, width: 32, pixels: pixels, labels: (0..<2 * count).map { $0 % 2 })
    }
    return Dataset(classes: ["red", "cyan"], splits: splits)
  }

  static func coTraining(_ more: [String: JSON] = [:]) throws -> CoTrainingSettings {
    var reader = settings(
      ["network": .string("resnet32"), "width": .integer(1), "batch": .integer(4), "epochs": .integer(2), "sample_rows": .integer(1)], more)
    return try CoTrainingSettings(&reader)
  }

  static func fineTuning(_ more: [String: JSON] = [:]) throws -> FineTuningSettings {
    let attack: JSON = .object(["steps": .integer(2)])
    var reader = settings(
      ["batch": .integer(4), "attack": attack, "validation_attack": attack, "epochs": 2, "rate": 0.01, "schedule": "one-cycle"], more)
    return try FineTuningSettings(&reader)
  }

  private static func settings(_ given: [String: JSON], _ more: [String: JSON]) -> SettingsReader {
    SettingsReader(resolved: .object(given.merging(more) { $1 }), of: "test")
  }

  static func classifier(_ backend: any Backend) throws -> (ModelDescription, DiscriminatorModel) {
    let description = ModelDescription(network: "resnet32", width: 1, batchNorm: true, classes: ["red", "cyan"])
    let network = try description.kind().discriminator(description.shape)
    return (description, DiscriminatorModel(network, from: RandomStream(seed: 3), on: backend))
  }

  static func generator(_ backend: any Backend) throws -> ClassifierTraining.FakeSource {
    let make = try #require(Networks.resnet32.generator)
    let network = make(NetworkShape(width: 1, classes: 2))
    return .init(generator: GeneratorModel(network, from: RandomStream(seed: 4), on: backend), phase: .inference)
  }
}

/// Asks to stop when so many units are done.
struct StoppingProgress: ProgressReporter {
  let stop: StopFlag
  let unit: Int

  func report(_ done: Int, of total: Int, unit: String, note: String) {
    if done == self.unit { stop.raise(.terminate) }
  }
}

/// Drives runs in a folder of their own.
final class Driver {
  let folder: FilePath
  let checkpoints: CheckpointStore

  init() throws {
    folder = FilePath(FileManager.default.temporaryDirectory.path).appending("long-run-\(UUID().uuidString)")
    checkpoints = CheckpointStore(
      folder: folder, fingerprint: SHA256.digest(of: []), policy: CheckpointPolicy(every: 1e9, keep: 2), processor: "test", on: LocalDisk(), time: { 0 })
    try LocalDisk().makeDirectories(folder)
  }

  deinit { try? LocalDisk().removeTree(folder) }

  /// Stops a fresh run at each of the units in turn, each time taking up a new one from the checkpoint, and goes on to the end.
  func finish<Run: LongRun>(stoppingAt units: [Int], _ fresh: () throws -> Run) throws -> Run {
    for unit in units { try stop(at: unit, fresh) }
    var run = try fresh()
    try run.drive(in: workspace(NoProgress(), StopFlag()), unit: "steps")
    return run
  }

  /// Stops a fresh run at a unit.
  func stop<Run: LongRun>(at unit: Int, _ fresh: () throws -> Run) throws {
    var run = try fresh()
    let stop = StopFlag()
    #expect(throws: Stopped.self) { try run.drive(in: workspace(StoppingProgress(stop: stop, unit: unit), stop), unit: "steps") }
  }

  func workspace(_ progress: any ProgressReporter = NoProgress(), _ stop: StopFlag) -> Workspace {
    Workspace(inputs: [:], output: folder.appending("output"), checkpoints: checkpoints, progress: progress, stop: stop)
  }
}
