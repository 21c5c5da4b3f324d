import Jobs
import NN

extension FineTuningRun {
  private static let bestName = WeightsName.best.file, lastName = WeightsName.last.file
  private static let optimiserName = "optimiser.safetensors"

  /// The members of the artifact.
  func results() throws -> [String: [UInt8]] {
    var selection: [String: JSON] = [
      "best_epoch": .integer(progress.bestEpoch), "last_epoch": .integer(progress.lastEpoch),
      "validation_robust_best": .real(progress.bestRobust), "validation_robust_last": .real(progress.lastRobust),
      "validation_images": .integer(min(settings.validationImages, validation.count)), "ended_early": .bool(progress.endedEarly),
    ]
    selection["validation_attack"] = settings.validation?.record ?? .null
    return [
      Self.bestName: best.encoded(), Self.lastName: trainer.model.parameters.encoded(), "metrics.jsonl": progress.log.encoded,
      "selection.json": Array(JSON.object(selection).pretty.utf8), ModelDescription.memberName: try description.encoded(),
    ]
  }

  func snapshot() throws -> [String: [UInt8]] {
    [
      Self.bestName: best.encoded(), Self.lastName: trainer.model.parameters.encoded(),
      Self.optimiserName: StateFile.encoded(trainer.optimiser.state(of: trainer.model.parameters)),
      CheckpointFiles.progressName: try CanonicalJSON.encode(progress),
    ]
  }

  mutating func restore(_ files: [String: [UInt8]]) throws {
    let saved = CheckpointFiles(files)
    progress = try saved.progress(Progress.self) { (0...total).contains($0.step) }
    try saved.load(Self.bestName, into: &best)
    try saved.load(Self.lastName, into: &trainer.model.parameters)
    try saved.restore(Self.optimiserName, &trainer.optimiser, for: trainer.model.parameters)
  }
}
