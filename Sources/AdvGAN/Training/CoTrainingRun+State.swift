import Jobs
import NN

extension CoTrainingRun {
  private static let generatorName = WeightsName.generator.file, averageName = WeightsName.average.file
  private static let discriminatorName = WeightsName.discriminator.file
  private static let optimiserNames = ("optimiser-generator.safetensors", "optimiser-discriminator.safetensors")

  /// The members of the artifact.
  func results(_ pause: () throws -> Void = {}) throws -> [String: [UInt8]] {
    var files = try tensors(average: samplingGenerator(after: epoch, pause))
    files["metrics.jsonl"] = progress.log.encoded
    files[ModelDescription.memberName] = try model.encoded()
    return files.merging(grids) { $1 }
  }

  func snapshot() throws -> [String: [UInt8]] {
    var files = try tensors(average: average)
    files[CheckpointFiles.progressName] = try CanonicalJSON.encode(progress)
    return files.merging(grids) { $1 }
  }

  mutating func restore(_ files: [String: [UInt8]]) throws {
    let saved = CheckpointFiles(files)
    progress = try saved.progress(Progress.self) { (0...total).contains($0.step) && (0...2).contains($0.moves ?? 0) }
    try saved.load(Self.generatorName, into: &trainer.generator.parameters)
    try saved.load(Self.averageName, into: &average.parameters)
    try saved.load(Self.discriminatorName, into: &trainer.discriminator.parameters)
    try saved.restore(Self.optimiserNames.0, &trainer.generatorOptimiser, for: trainer.generator.parameters)
    try saved.restore(Self.optimiserNames.1, &trainer.discriminatorOptimiser, for: trainer.discriminator.parameters)
    grids = files.filter { $0.key.hasPrefix("samples/") }
  }

  private func tensors(average: GeneratorModel) throws -> [String: [UInt8]] {
    [
      Self.generatorName: trainer.generator.parameters.encoded(),
      Self.averageName: average.parameters.encoded(),
      Self.discriminatorName: trainer.discriminator.parameters.encoded(),
      Self.optimiserNames.0: StateFile.encoded(trainer.generatorOptimiser.state(of: trainer.generator.parameters)),
      Self.optimiserNames.1: StateFile.encoded(trainer.discriminatorOptimiser.state(of: trainer.discriminator.parameters)),
    ]
  }
}
