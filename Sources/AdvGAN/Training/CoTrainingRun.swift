import Foundation
import IO
import Jobs
import NN

/// Co-training over a data set, a discriminator step at a time (paper Sec. 3.3, step 1). Every random number comes from a stream
/// derived from the seed, its purpose and the step, so that a step can be taken up anywhere.
struct CoTrainingRun: LongRun {
  let settings: CoTrainingSettings
  let dataset: Dataset
  let model: ModelDescription
  let backend: any Backend
  let stream: RandomStream
  let schedule: Schedule
  /// The classes of the grids of samples, a column each.
  let sampledClasses: [Int]
  /// Of the classes that the generator is asked for.
  let labelDistribution: LabelDistribution
  /// Steps of the discriminator an epoch.
  let stepsPerEpoch: Int
  /// Reads the images of the next steps while this one computes.
  var batches: BatchLoader<TrainingBatch>

  var trainer: CoTrainer
  var average: GeneratorModel
  var progress = Progress()
  var grids: [String: [UInt8]] = [:]

  /// What a checkpoint holds beside the tensors.
  struct Progress: Codable {
    var step = 0, generatorUpdates = 0
    /// Moves made of the step after `step`; nil, in checkpoints of older programs, for none.
    var moves: Int?
    var tally = Tally()
    var log = MetricsLog()
  }

  init(_ settings: CoTrainingSettings, _ dataset: Dataset, on backend: any Backend) throws {
    let model = settings.model(classes: dataset.classes)
    let kind = settings.network
    let dataset = try dataset.fitted(to: kind)
    let train = try dataset.split(.train)
    let stream = RandomStream(seed: UInt64(settings.seed)).derived("cotrain")
    let generator = GeneratorModel(try kind.makeGenerator(model.shape), from: stream.derived("generator"), on: backend)
    let discriminator = DiscriminatorModel(kind.discriminator(model.shape), from: stream.derived("discriminator"), on: backend)
    self.settings = settings
    (self.dataset, self.model, self.backend, self.stream) = (dataset, model, backend, stream)
    sampledClasses =
      try settings.sampleClasses.map { try ClassChoice(of: dataset.classes, setting: "sample_classes").labels($0) }
      ?? Array(dataset.classes.indices.prefix(SampleGrid.mostClasses))
    labelDistribution = try settings.generatedLabels.distribution(dataset)
    let order = try EpochOrder(images: train.count, batch: settings.batch, stream)
    stepsPerEpoch = order.steps
    schedule = settings.schedule(stepsPerEpoch: order.steps)
    batches = BatchLoader(of: train, in: order, epochs: settings.epochs, settings.augmentation, stream, beside: backend)
    trainer = CoTrainer(
      generator, discriminator, settings.optimiser, settings.optimiser, settings.weights, tracksFakes: settings.preset == .asPublished)
    average = generator
  }

  var done: Int { progress.step }
  var total: Int { settings.epochs * stepsPerEpoch }
  var note: String {
    let means = progress.tally.means
    guard let d = means["loss_discriminator"], let g = means["loss_generator"] else { return "epoch \(epoch + 1)" }
    return String(format: "epoch %d, loss D %.3f, G %.3f", epoch + 1, d, g)
  }

  var epoch: Int { progress.step / stepsPerEpoch }
  var rate: Float { settings.rate * schedule.factor(at: progress.step) }

  /// A step has up to three moves: the generator's, the discriminator's, the end of an epoch. It can be left between two moves, and within
  /// one as long as that has changed nothing.
  mutating func advance(_ pause: () throws -> Void) throws {
    if progress.moves ?? 0 == 0 {
      forgetWhereTheRateFell()
      if progress.step % stepsPerEpoch % settings.updatesPerGenerator == 0 { try updateGenerator(pause) }
      progress.moves = 1
      try pause()
    }
    if progress.moves == 1 {
      try updateDiscriminator(pause)
      progress.moves = 2
    }
    if (progress.step + 1) % stepsPerEpoch == 0 { try finishEpoch(pause) }
    progress.step += 1
    progress.moves = 0
  }

  private mutating func updateGenerator(_ pause: () throws -> Void) throws {
    let (z, labels) = noise("generator step")
    let loss = try trainer.updateGenerator(z, labels, rate: rate, pause: pause)
    try requireFinite(loss, "the generator's loss")
    progress.generatorUpdates += 1
    // Early on the average follows fast, else it would show the first weights for a thousand updates.
    let count = Float(progress.generatorUpdates)
    average.parameters.average(towards: trainer.generator.parameters, keep: min(settings.averageKeep, count / (10 + count)))
    progress.tally.add("loss_generator", Double(loss))
  }

  private mutating func updateDiscriminator(_ pause: () throws -> Void) throws {
    let (images, labels) = try batches.batch(at: progress.step)
    let attacked =
      try settings.attack.map {
        try $0.images(LabelledImages(images, labels), trainer.discriminator, here("attack"), check: pause)
      } ?? images
    try pause()
    let (z, fakeLabels) = noise("discriminator step")
    let generator = trainer.generator
    let fakes = trainer.fakes(z, fakeLabels)
    let report: CoTrainer.Report
    do {
      report = try trainer.updateDiscriminator(real: attacked, labels, fake: fakes, fakeLabels, rate: rate, pause: pause)
    } catch {
      // The generator's running statistics have taken in fakes that will be made again.
      trainer.generator = generator
      throw error
    }
    try requireFinite(report.lossReal + report.lossFake, "the discriminator's loss")
    progress.tally.add("loss_real", Double(report.lossReal))
    progress.tally.add("loss_fake", Double(report.lossFake))
    progress.tally.add("loss_discriminator", Double(report.lossReal) + Double(report.lossFake))
    progress.tally.add("accuracy_real", report.correctReal)
    progress.tally.add("accuracy_fake", report.correctFake)
    progress.tally.add("recognised_real", report.recognisedReal)
    progress.tally.add("fooled_rate", report.fooled)
  }

  /// The published code makes new optimisers when it halves the rate.
  private mutating func forgetWhereTheRateFell() {
    guard case .halving(let every, forgets: true) = settings.rateRule, progress.step > 0 else { return }
    guard progress.step % (every * stepsPerEpoch) == 0 else { return }
    (trainer.generatorOptimiser, trainer.discriminatorOptimiser) = (settings.optimiser, settings.optimiser)
  }

  private mutating func finishEpoch(_ pause: () throws -> Void) throws {
    var values = progress.tally.means
    values["learning_rate"] = Double(rate)
    if settings.monitored > 0 {
      values.merge(try dataset.lipschitzValues(of: trainer.discriminator, images: settings.monitored, pause: pause)) { $1 }
    }
    let finished = epoch + 1
    // Before anything changes, so that it can be left.
    if finished % settings.samplesEvery == 0 || finished == settings.epochs || finished == 1 { try addGrid(epoch: finished, pause) }
    progress.log.add(values.rounded.merging(["epoch": .integer(finished), "step": .integer(progress.step + 1)]) { $1 })
    progress.tally = Tally()
  }

  private mutating func addGrid(epoch: Int, _ pause: () throws -> Void) rethrows {
    let grid = SampleGrid(labels: sampledClasses, rows: settings.sampleRows)
    let generator = try samplingGenerator(after: epoch, pause)
    let image = grid.image(generator, model.samplingPhase, stream.derived("samples"))
    grids[String(format: "samples/epoch-%04d.png", epoch)] = PNG.encode(image)
  }

  /// The average with statistics of its own; the generator itself where there is no average, as published.
  func samplingGenerator(after epoch: Int, _ pause: () throws -> Void) rethrows -> GeneratorModel {
    guard settings.averageKeep > 0 else { return trainer.generator }
    var generator = average
    try generator.takeStandingStatistics(labels: labelDistribution, stream.derived("standing", epoch), pause: pause)
    return generator
  }

  private func here(_ purpose: String) -> RandomStream { stream.derived(purpose, progress.step) }

  private func noise(_ purpose: String) -> (z: Tensor, labels: [Int]) {
    var normal = here(purpose + " noise")
    var classes = here(purpose + " labels")
    let z = backend.normal([settings.batch, trainer.generator.network.latentSize], &normal)
    return (z, labelDistribution.draw(settings.batch, &classes))
  }

  private func requireFinite(_ loss: Float, _ what: String) throws(StageError) {
    if !loss.isFinite { throw StageError("training diverged at step \(progress.step): \(what) is \(loss); try a smaller 'rate'") }
  }
}
