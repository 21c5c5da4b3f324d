import Foundation
import IO
import Jobs
import NN

/// Adversarial training of a classifier on real images and, weighted by lambda, on fresh fakes (paper eq. 10).
///
/// After every epoch the validation images choose: the weights with the best accuracy under attack are kept beside the last ones.
struct ClassifierTraining: TrainingMethod {
  let settings: FineTuningSettings
  let dataset: Dataset, validation: ImageSet
  let description: ModelDescription
  let fakes: FakeSource?
  /// Of the classes that are asked of the generator.
  let labelDistribution: LabelDistribution

  var trainer: ClassifierTrainer
  private(set) var best: Parameters
  private var selection = Selection()

  /// Where generated images come from.
  struct FakeSource {
    let generator: GeneratorModel, phase: Phase
  }

  /// Which epochs were best and last, and how accurate they are on validation images, under attack if there is one.
  private struct Selection: Codable {
    var bestEpoch = 0, lastEpoch = 0
    var bestAccuracy = -1.0, lastAccuracy = -1.0
  }

  init(
    _ settings: FineTuningSettings, _ dataset: Dataset, _ description: ModelDescription, _ model: DiscriminatorModel, _ fakes: FakeSource?
  ) throws {
    let dataset = try dataset.fitted(to: description.kind())
    (self.settings, self.dataset, self.description, self.fakes) = (settings, dataset, description, fakes)
    validation = try dataset.split(.validation)
    labelDistribution = try settings.generatedLabels.distribution(dataset)
    trainer = ClassifierTrainer(model, settings.optimiser.make(), settings.loss)
    best = model.parameters
  }

  mutating func step(_ batch: LabelledImages, _ context: StepContext) throws -> Measurements {
    let fake = try fakeBatch(context).map { try attacked($0, "attack on fakes", context) }
    let real = try attacked(batch, "attack", context)
    let report = trainer.update(real: real, fake: fake, lambda: settings.lambda, rate: context.rate)
    try context.requireFinite(report.lossReal + (report.lossFake ?? 0), "the loss")
    return Measurements(
      means: [("loss_real", Double(report.lossReal))] + (report.lossFake.map { [("loss_fake", Double($0))] } ?? []),
      flags: [("accuracy_real", report.correctReal), ("accuracy_fake", report.correctFake)])
  }

  private func attacked(_ batch: LabelledImages, _ purpose: String, _ context: StepContext) throws -> LabelledImages {
    let images = try settings.attack?.images(batch, trainer.model, context.stream(purpose), check: context.check)
    try context.check()
    return LabelledImages(images ?? batch.images, batch.labels)
  }

  private func fakeBatch(_ context: StepContext) -> LabelledImages? {
    guard let fakes, settings.lambda > 0 else { return nil }
    var noise = context.stream("fake noise")
    var classes = context.stream("fake labels")
    let labels = labelDistribution.draw(settings.plan.batch, &classes)
    let z = trainer.model.backend.normal([settings.plan.batch, fakes.generator.network.latentSize], &noise)
    return LabelledImages(fakes.generator.images(z, labels, fakes.phase).images, labels)
  }

  mutating func resetOptimisers() { trainer.optimiser = settings.optimiser.make() }

  /// Too many epochs without a better validation result.
  var isFinished: Bool { settings.patience > 0 && selection.lastEpoch - selection.bestEpoch >= settings.patience }

  func note(_ means: [String: Double]) -> String {
    guard let loss = means["loss_real"] else { return "" }
    let accuracy = settings.attack == nil ? "accuracy" : "accuracy under attack"
    return String(format: ", loss %.3f, \(accuracy) %.1f %%", loss, 100 * (means["accuracy_real"] ?? 0))
  }
}

/// The end of an epoch, and what is kept.
extension ClassifierTraining {
  mutating func endEpoch(_ context: EpochContext) throws -> EpochResult {
    try context.requireFinite([("classifier", trainer.model.parameters)])
    let (clean, attacked) = try validated(context)
    let chosen = attacked ?? clean
    let measured = try settings.monitor.values(of: trainer.model, dataset, epoch: context.epoch, context.stream, check: context.check)
    let isBest = chosen > selection.bestAccuracy
    if isBest {
      best = trainer.model.parameters
      (selection.bestEpoch, selection.bestAccuracy) = (context.epoch, chosen)
    }
    (selection.lastEpoch, selection.lastAccuracy) = (context.epoch, chosen)
    let validation = [(Quantity.validationClean, clean)] + (attacked.map { [(.validationRobust, $0)] } ?? [])
    return EpochResult(values: measured + validation, isBest: isBest)
  }

  /// Accuracy on the validation images, unattacked and, where there is an attack, attacked. Under attack an image that cannot be measured does
  /// not count as right; unattacked there must be none.
  private func validated(_ context: EpochContext) throws -> (clean: Double, attacked: Double?) {
    let sums = try validation.sums(
      of: [Accuracy(settings.validation)], first: settings.validationImages, trainer.model, context.stream, check: context.check)
    let lost = sums.unmeasured(Accuracy.clean)
    guard lost == 0 else {
      throw StageError(
        "training diverged in epoch \(context.epoch): the class logits of \(lost) of \(sums.images) validation images are not finite; try a smaller 'rate'")
    }
    return (sums.mean(of: Accuracy.clean), settings.validation.map { _ in sums.leastShare(of: Accuracy.robust) })
  }

  private static let bestName = WeightsName.best.file, lastName = WeightsName.last.file
  private static let optimiserName = "optimiser.safetensors", selectionName = "selection.json"

  func results(_ context: EpochContext) throws -> [String: [UInt8]] {
    let document = SelectionDocument(
      bestEpoch: selection.bestEpoch, lastEpoch: selection.lastEpoch, validationAccuracyBest: selection.bestAccuracy,
      validationAccuracyLast: selection.lastAccuracy, validationImages: min(settings.validationImages, validation.count),
      validationAttack: settings.validation?.choice.record, endedEarly: isFinished)
    return [
      Self.bestName: best.encoded(), Self.lastName: trainer.model.parameters.encoded(), SelectionDocument.member: document.encoded,
      ModelDescription.memberName: try description.encoded(),
    ]
  }

  func snapshot() throws -> [String: [UInt8]] {
    [
      Self.bestName: best.encoded(), Self.lastName: trainer.model.parameters.encoded(),
      Self.optimiserName: StateFile.encoded(trainer.optimiser.state(of: trainer.model.parameters)),
      Self.selectionName: try CanonicalJSON.encode(selection),
    ]
  }

  mutating func restore(_ files: [String: [UInt8]]) throws {
    let saved = CheckpointFiles(files)
    selection = try saved.value(Self.selectionName) { (found: Selection) in found.bestEpoch <= found.lastEpoch }
    try saved.load(Self.bestName, into: &best)
    try saved.load(Self.lastName, into: &trainer.model.parameters)
    try saved.restore(Self.optimiserName, &trainer.optimiser, for: trainer.model.parameters)
  }
}

typealias FineTuningRun = TrainingRun<ClassifierTraining>

extension TrainingRun<ClassifierTraining> {
  init(
    _ settings: FineTuningSettings, _ dataset: Dataset, _ description: ModelDescription, _ model: DiscriminatorModel,
    _ fakes: ClassifierTraining.FakeSource?
  ) throws {
    let stream = RandomStream(seed: UInt64(settings.seed)).derived("finetune")
    let method = try ClassifierTraining(settings, dataset, description, model, fakes)
    try self.init(method, settings.plan, on: method.dataset.split(.train), stream, beside: model.backend)
  }
}
