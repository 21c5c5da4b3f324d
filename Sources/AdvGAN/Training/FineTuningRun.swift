import Foundation
import IO
import Jobs
import NN

/// Adversarial training of a classifier on real images and, weighted by lambda, on fresh fakes (paper eq. 10), a step at a time.
///
/// After every epoch the validation images choose: the weights with the best accuracy under attack are kept beside the last ones.
struct FineTuningRun: LongRun {
  let settings: FineTuningSettings
  let dataset: Dataset, validation: ImageSet
  let description: ModelDescription
  let fakes: FakeSource?
  /// Of the classes that are asked of the generator.
  let labelDistribution: LabelDistribution
  let stream: RandomStream
  let schedule: Schedule
  let stepsPerEpoch: Int
  /// Reads the images of the next steps while this one computes.
  var batches: BatchLoader<TrainingBatch>

  var trainer: ClassifierTrainer
  var best: Parameters
  var progress = Progress()

  /// Where generated images come from.
  struct FakeSource {
    let generator: GeneratorModel, phase: Phase
  }

  /// What a checkpoint holds beside the tensors.
  struct Progress: Codable {
    var step = 0
    /// Whether the step after `step` is made but for the end of its epoch; nil, in checkpoints of older programs, for no.
    var isUpdated: Bool?
    var tally = Tally()
    var log = MetricsLog()
    var bestEpoch = 0, lastEpoch = 0
    var bestRobust = -1.0, lastRobust = -1.0
    var endedEarly = false
  }

  init(
    _ settings: FineTuningSettings, _ dataset: Dataset, _ description: ModelDescription, _ model: DiscriminatorModel, _ fakes: FakeSource?
  ) throws {
    let dataset = try dataset.fitted(to: description.kind())
    self.settings = settings
    self.dataset = dataset
    self.description = description
    self.fakes = fakes
    let train = try dataset.split(.train)
    validation = try dataset.split(.validation)
    stream = RandomStream(seed: UInt64(settings.seed)).derived("finetune")
    labelDistribution = try settings.generatedLabels.distribution(dataset)
    let order = try EpochOrder(images: train.count, batch: settings.batch, stream)
    stepsPerEpoch = order.steps
    schedule = settings.schedule(stepsPerEpoch: order.steps)
    batches = BatchLoader(of: train, in: order, epochs: settings.epochs, settings.augmentation, stream, beside: model.backend)
    trainer = ClassifierTrainer(model, settings.optimiser)
    best = model.parameters
  }

  var done: Int { progress.endedEarly ? total : progress.step }
  var total: Int { settings.epochs * stepsPerEpoch }
  var note: String {
    guard let loss = progress.tally.means["loss_real"] else { return "epoch \(epoch + 1)" }
    return String(
      format: "epoch %d, loss %.3f, accuracy under attack %.1f %%", epoch + 1, loss, 100 * (progress.tally.means["accuracy_real"] ?? 0))
  }

  var epoch: Int { progress.step / stepsPerEpoch }
  var rate: Float { settings.baseRate * schedule.factor(at: progress.step) }

  mutating func advance(_ pause: () throws -> Void) throws {
    if progress.isUpdated != true {
      try update(pause)
      progress.isUpdated = true
    }
    if (progress.step + 1) % stepsPerEpoch == 0 { try finishEpoch(pause) }
    progress.step += 1
    progress.isUpdated = false
  }

  private mutating func update(_ pause: () throws -> Void) throws {
    forgetWhereAStageBegins()
    let (images, labels) = try batches.batch(at: progress.step)
    let fake = try fakeBatch().map { (try attacked($0.0, $0.1, "attack on fakes", pause), $0.1) }
    let real = (try attacked(images, labels, "attack", pause), labels)
    try pause()
    let report = try trainer.update(real: real, fake: fake, lambda: settings.lambda, rate: rate, pause: pause)
    guard (report.lossReal + (report.lossFake ?? 0)).isFinite else {
      throw StageError("training diverged at step \(progress.step): the loss is \(report.lossReal); try a smaller 'rate'")
    }
    progress.tally.add("loss_real", Double(report.lossReal))
    report.lossFake.map { progress.tally.add("loss_fake", Double($0)) }
    progress.tally.add("accuracy_real", report.correctReal)
    progress.tally.add("accuracy_fake", report.correctFake)
  }

  private func attacked(_ images: Tensor, _ labels: [Int], _ purpose: String, _ pause: () throws -> Void) rethrows -> Tensor {
    guard let attack = settings.attack else { return images }
    return try attack.images(LabelledImages(images, labels), trainer.model, here(purpose), check: pause)
  }

  private func fakeBatch() -> (Tensor, [Int])? {
    guard let fakes, settings.lambda > 0 else { return nil }
    var noise = here("fake noise")
    var classes = here("fake labels")
    let labels = labelDistribution.draw(settings.batch, &classes)
    let z = trainer.model.backend.normal([settings.batch, fakes.generator.network.latentSize], &noise)
    return (fakes.generator.images(z, labels, fakes.phase).images, labels)
  }

  /// The published code makes a new optimiser for each stage of the learning rate.
  private mutating func forgetWhereAStageBegins() {
    guard case .stages(let stages, forgets: true) = settings.rateRule, progress.step > 0 else { return }
    var start = 0
    for stage in stages {
      start += stage.epochs * stepsPerEpoch
      if progress.step == start { trainer.optimiser = settings.optimiser }
    }
  }

  private mutating func finishEpoch(_ pause: () throws -> Void) throws {
    var values = progress.tally.means
    let (clean, robust) = try validated(pause)
    (values["validation_clean"], values["validation_robust"]) = (clean, robust)
    values["learning_rate"] = Double(rate)
    if settings.monitored > 0 {
      values.merge(try dataset.lipschitzValues(of: trainer.model, images: settings.monitored, pause: pause)) { $1 }
    }
    let finished = epoch + 1
    let isBest = robust > progress.bestRobust
    if isBest {
      best = trainer.model.parameters
      (progress.bestEpoch, progress.bestRobust) = (finished, robust)
    }
    (progress.lastEpoch, progress.lastRobust) = (finished, robust)
    progress.log.add(
      values.rounded.merging(["epoch": .integer(finished), "step": .integer(progress.step + 1), "best": .bool(isBest)]) { $1 })
    progress.tally = Tally()
    progress.endedEarly = settings.patience > 0 && finished - progress.bestEpoch >= settings.patience
  }

  /// Accuracy on the validation images, unattacked and attacked (the same where there is no attack).
  private func validated(_ pause: () throws -> Void) throws -> (clean: Double, robust: Double) {
    let model = trainer.model
    let count = min(settings.validationImages, validation.count)
    var correct = 0
    var robust = 0
    for start in stride(from: 0, to: count, by: 100) {
      try pause()
      let (x, labels) = try validation.batch(start..<min(start + 100, count), on: model.backend)
      let right = isCorrect(model.classLogits(x), labels)
      correct += right.count(where: \.self)
      guard let attack = settings.validation else { continue }
      let measure = RobustAccuracy(attack.choice.attack, attack.threat)
      let survived = try measure.survivors(
        LabelledImages(x, labels), model, wasCorrect: right, stream.derived("validation", start), check: pause)
      robust += survived.count(where: \.self)
    }
    let clean = Double(correct) / Double(count)
    return (clean, settings.validation == nil ? clean : Double(robust) / Double(count))
  }

  private func here(_ purpose: String) -> RandomStream { stream.derived(purpose, progress.step) }
}
