import Foundation
import IO
import Jobs
import NN

/// Co-training (paper Sec. 3.3, step 1). In every step the attacker perturbs real images, and the discriminator learns from them and from fakes; in
/// every fifth the generator learns first.
struct CoTraining: TrainingMethod {
  let settings: CoTrainingSettings
  let dataset: Dataset
  let model: ModelDescription
  /// The classes of the grids of samples, a column each.
  let sampledClasses: [Int]
  /// Of the classes that the generator is asked for.
  let labelDistribution: LabelDistribution

  var trainer: CoTrainer
  private(set) var average: GeneratorModel
  private(set) var grids: [String: [UInt8]] = [:]
  private var generatorUpdates = 0

  /// - Parameter stream: of the whole training.
  init(_ settings: CoTrainingSettings, _ dataset: Dataset, _ stream: RandomStream, on backend: any Backend) throws {
    let (kind, model) = (settings.network, settings.model(classes: dataset.classes))
    (self.settings, self.model, self.dataset) = (settings, model, try dataset.fitted(to: kind))
    sampledClasses =
      try settings.sampleClasses.map { try ClassChoice(of: dataset.classes, setting: "sample_classes").labels($0) }
      ?? Array(dataset.classes.indices.prefix(SampleGrid.mostClasses))
    labelDistribution = try settings.generatedLabels.distribution(dataset)
    average = GeneratorModel(try kind.makeGenerator(model.shape), from: stream.derived("generator"), on: backend)
    trainer = CoTrainer(
      average, DiscriminatorModel(kind.discriminator(model.shape), from: stream.derived("discriminator"), on: backend),
      settings.optimiser.make(), settings.optimiser.make(), settings.loss, tracksFakes: settings.preset == .asPublished)
  }

  mutating func step(_ batch: LabelledImages, _ context: StepContext) throws -> Measurements {
    var measured = Measurements()
    let isGeneratorDue = context.stepInEpoch % settings.updatesPerGenerator == 0
    let before = isGeneratorDue ? self : nil
    let attacked: Tensor
    do {
      if isGeneratorDue { try updateGenerator(context, &measured) }
      attacked = try attack(batch, context)
    } catch {
      // A step that is left changes nothing.
      if let before { self = before }
      throw error
    }
    try updateDiscriminator(LabelledImages(attacked, batch.labels), context, &measured)
    return measured
  }

  private func attack(_ batch: LabelledImages, _ context: StepContext) throws -> Tensor {
    try context.check()
    let images = try settings.attack?.images(batch, trainer.discriminator, context.stream("attack"), check: context.check)
    try context.check()
    return images ?? batch.images
  }

  private mutating func updateDiscriminator(_ real: LabelledImages, _ context: StepContext, _ measured: inout Measurements) throws {
    let (z, labels) = noise("discriminator step", context)
    let fakes = LabelledImages(trainer.fakes(z, labels), labels)
    let report = trainer.updateDiscriminator(real: real, fake: fakes, rate: context.rate)
    try context.requireFinite(report.loss, "the discriminator's loss")
    measured.add(report.terms)
    measured.means += [
      ("loss_real", Double(report.lossReal)), ("loss_fake", Double(report.lossFake)), ("loss_discriminator", Double(report.loss)),
    ]
    measured.flags += [
      ("accuracy_real", report.correctReal), ("accuracy_fake", report.correctFake), ("recognised_real", report.recognisedReal),
      ("fooled_rate", report.fooled),
    ]
  }

  private mutating func updateGenerator(_ context: StepContext, _ measured: inout Measurements) throws {
    let (z, labels) = noise("generator step", context)
    let terms = trainer.updateGenerator(z, labels, rate: context.rate)
    try context.requireFinite(terms.sum(), "the generator's loss")
    generatorUpdates += 1
    // Early on the average follows fast, else it would show the first weights for a thousand updates.
    let count = Float(generatorUpdates)
    average.parameters.average(towards: trainer.generator.parameters, keep: min(settings.averageKeep, count / (10 + count)))
    measured.add(terms)
    measured.means.append(("loss_generator", Double(terms.sum())))
  }

  private func noise(_ purpose: String, _ context: StepContext) -> (z: Tensor, labels: [Int]) {
    var normal = context.stream(purpose + " noise")
    var classes = context.stream(purpose + " labels")
    let z = trainer.generator.backend.normal([settings.plan.batch, trainer.generator.network.latentSize], &normal)
    return (z, labelDistribution.draw(settings.plan.batch, &classes))
  }

  mutating func resetOptimisers() {
    (trainer.generatorOptimiser, trainer.discriminatorOptimiser) = (settings.optimiser.make(), settings.optimiser.make())
  }

  var isFinished: Bool { false }

  func note(_ means: [String: Double]) -> String {
    guard let d = means["loss_discriminator"], let g = means["loss_generator"] else { return "" }
    return String(format: ", loss D %.3f, G %.3f", d, g)
  }
}

/// The end of an epoch, and what is kept.
extension CoTraining {
  mutating func endEpoch(_ context: EpochContext) throws -> EpochResult {
    try context.requireFinite([("generator", trainer.generator.parameters), ("discriminator", trainer.discriminator.parameters)])
    let measured = try settings.monitor.values(
      of: trainer.discriminator, dataset, epoch: context.epoch, context.stream, check: context.check)
    if context.epoch % settings.samplesEvery == 0 || context.isLast || context.epoch == 1 { try addGrid(context) }
    return EpochResult(values: measured)
  }

  private mutating func addGrid(_ context: EpochContext) throws {
    let grid = SampleGrid(labels: sampledClasses, rows: settings.sampleRows)
    let image = try grid.image(samplingGenerator(context), model.samplingPhase, context.stream.derived("samples"))
    grids[String(format: "samples/epoch-%04d.png", context.epoch)] = PNG.encode(image)
  }

  /// The average with statistics of its own; the generator itself where there is no average, as published.
  private func samplingGenerator(_ context: EpochContext) throws -> GeneratorModel {
    guard settings.averageKeep > 0 else { return trainer.generator }
    var generator = average
    try generator.takeStandingStatistics(labels: labelDistribution, context.stream.derived("standing", context.epoch), check: context.check)
    return generator
  }

  private static let generatorName = WeightsName.generator.file, averageName = WeightsName.average.file
  private static let discriminatorName = WeightsName.discriminator.file
  private static let optimiserNames = ("optimiser-generator.safetensors", "optimiser-discriminator.safetensors")
  private static let updatesName = "generator-updates.json"

  func results(_ context: EpochContext) throws -> [String: [UInt8]] {
    try tensors(average: samplingGenerator(context)).merging([ModelDescription.memberName: model.encoded()]) { $1 }.merging(grids) { $1 }
  }

  func snapshot() throws -> [String: [UInt8]] {
    try tensors(average: average).merging([Self.updatesName: CanonicalJSON.encode(generatorUpdates)]) { $1 }.merging(grids) { $1 }
  }

  mutating func restore(_ files: [String: [UInt8]]) throws {
    let saved = CheckpointFiles(files)
    generatorUpdates = try saved.value(Self.updatesName) { (updates: Int) in updates >= 0 }
    try saved.load(Self.generatorName, into: &trainer.generator.parameters)
    try saved.load(Self.averageName, into: &average.parameters)
    try saved.load(Self.discriminatorName, into: &trainer.discriminator.parameters)
    try saved.restore(Self.optimiserNames.0, &trainer.generatorOptimiser, for: trainer.generator.parameters)
    try saved.restore(Self.optimiserNames.1, &trainer.discriminatorOptimiser, for: trainer.discriminator.parameters)
    grids = files.filter { $0.key.hasPrefix("samples/") }
  }

  private func tensors(average: GeneratorModel) -> [String: [UInt8]] {
    [
      Self.generatorName: trainer.generator.parameters.encoded(), Self.averageName: average.parameters.encoded(),
      Self.discriminatorName: trainer.discriminator.parameters.encoded(),
      Self.optimiserNames.0: StateFile.encoded(trainer.generatorOptimiser.state(of: trainer.generator.parameters)),
      Self.optimiserNames.1: StateFile.encoded(trainer.discriminatorOptimiser.state(of: trainer.discriminator.parameters)),
    ]
  }
}

typealias CoTrainingRun = TrainingRun<CoTraining>

extension TrainingRun<CoTraining> {
  init(_ settings: CoTrainingSettings, _ dataset: Dataset, on backend: any Backend) throws {
    let stream = RandomStream(seed: UInt64(settings.seed)).derived("cotrain")
    let method = try CoTraining(settings, dataset, stream, on: backend)
    try self.init(method, settings.plan, on: method.dataset.split(.train), stream, beside: backend)
  }
}
