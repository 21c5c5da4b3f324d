import Foundation
import IO
import Jobs
import NN

/// Co-training over a data set, a discriminator step at a time (paper Sec. 3.3, step 1). Every random number comes from a stream
/// derived from the seed, its purpose and the step, so that a step can be taken up anywhere.
struct CoTrainingRun: LongRun {
  private let settings: CoTrainingSettings
  private let dataset: Dataset, train: PictureSet
  private let model: ModelDescription
  private let backend: any Backend
  private let stream: RandomStream
  private let schedule: Schedule
  private let stepsPerEpoch: Int

  private var trainer: CoTrainer
  private var average: GeneratorModel
  private var progress = Progress()
  private var grids: [String: [UInt8]] = [:]
  private var order: (epoch: Int, places: [Int]) = (-1, [])

  /// What a checkpoint holds beside the tensors.
  private struct Progress: Codable {
    var step = 0, generatorUpdates = 0
    var tally = Tally()
    var log = MetricsLog()
  }

  init(_ settings: CoTrainingSettings, _ dataset: Dataset, on backend: any Backend) throws {
    let train = try dataset.split(.train)
    guard train.count >= settings.batch else {
      throw StageError("a batch has \(settings.batch) pictures, but the data set only \(train.count) to train on; set a smaller 'batch'")
    }
    let model = settings.model(classes: dataset.classes)
    let kind = settings.network
    guard let makeGenerator = kind.generator else { throw StageError("the network '\(kind.name)' has no generator") }
    try dataset.requireSide(of: kind)
    let stream = RandomStream(seed: UInt64(settings.seed)).derived("cotrain")
    let generator = GeneratorModel(makeGenerator(model.shape), from: stream.derived("generator"), on: backend)
    let discriminator = DiscriminatorModel(kind.discriminator(model.shape), from: stream.derived("discriminator"), on: backend)
    self.settings = settings
    (self.dataset, self.train, self.model, self.backend, self.stream) = (dataset, train, model, backend, stream)
    stepsPerEpoch = train.count / settings.batch
    schedule = settings.schedule(stepsPerEpoch: stepsPerEpoch)
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

  private var epoch: Int { progress.step / stepsPerEpoch }
  private var rate: Float { settings.rate * schedule.factor(at: progress.step) }

  mutating func advance() throws {
    forgetWhereTheRateFell()
    if progress.step % stepsPerEpoch % settings.updatesPerGenerator == 0 { try updateGenerator() }
    try updateDiscriminator()
    progress.step += 1
    if progress.step % stepsPerEpoch == 0 { try finishEpoch() }
  }

  private mutating func updateGenerator() throws {
    let (z, labels) = noise("generator step")
    let loss = trainer.updateGenerator(z, labels, rate: rate)
    try requireFinite(loss, "the generator's loss")
    progress.generatorUpdates += 1
    // Early on the average follows fast, else it would show the first weights for a thousand updates.
    let count = Float(progress.generatorUpdates)
    average.parameters.average(towards: trainer.generator.parameters, keep: min(settings.averageKeep, count / (10 + count)))
    progress.tally.add("loss_generator", Double(loss))
  }

  private mutating func updateDiscriminator() throws {
    let places = nextPlaces()
    let (pictures, labels) = train.batch(places, settings.augmentation, here("augmentation"), on: backend)
    let attacked = settings.attack.map { $0.attack.perturbed(pictures, labels, against: trainer.discriminator, here("attack")) } ?? pictures
    let (z, fakeLabels) = noise("discriminator step")
    let fakes = trainer.fakes(z, fakeLabels)
    let report = trainer.updateDiscriminator(real: attacked, labels, fake: fakes, fakeLabels, rate: rate)
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

  private mutating func finishEpoch() throws {
    var values = progress.tally.means
    values["learning_rate"] = Double(settings.rate * schedule.factor(at: progress.step - 1))
    if settings.monitored > 0 {
      values.merge(dataset.lipschitzValues(of: trainer.discriminator, pictures: settings.monitored)) { $1 }
    }
    progress.log.add(values.rounded.merging(["epoch": .integer(epoch), "step": .integer(progress.step)]) { $1 })
    progress.tally = Tally()
    if epoch % settings.samplesEvery == 0 || epoch == settings.epochs || epoch == 1 { addGrid() }
  }

  private mutating func addGrid() {
    let grid = SampleGrid(labels: Array(dataset.classes.indices.prefix(20)), rows: settings.sampleRows)
    let picture = grid.picture(samplingGenerator, model.samplingPhase, stream.derived("samples"))
    grids[String(format: "samples/epoch-%04d.png", epoch)] = PNG.encode(picture)
  }

  /// The average with statistics of its own; the generator itself where there is no average, as published.
  private var samplingGenerator: GeneratorModel {
    guard settings.averageKeep > 0 else { return trainer.generator }
    var generator = average
    generator.takeStandingStatistics(classes: dataset.classes.count, stream.derived("standing", epoch))
    return generator
  }

  private mutating func nextPlaces() -> [Int] {
    if order.epoch != epoch {
      var chance = stream.derived("order", epoch)
      order = (epoch, chance.permutation(train.count))
    }
    let first = progress.step % stepsPerEpoch * settings.batch
    return Array(order.places[first..<first + settings.batch])
  }

  private func here(_ purpose: String) -> RandomStream { stream.derived(purpose, progress.step) }

  private func noise(_ purpose: String) -> (z: Tensor, labels: [Int]) {
    var normal = here(purpose + " noise")
    var classes = here(purpose + " labels")
    let z = backend.normal([settings.batch, trainer.generator.network.latentSize], &normal)
    return (z, classes.integers(settings.batch, below: dataset.classes.count))
  }

  private func requireFinite(_ loss: Float, _ what: String) throws(StageError) {
    if !loss.isFinite { throw StageError("training diverged at step \(progress.step): \(what) is \(loss); try a smaller 'rate'") }
  }
}

extension CoTrainingRun {
  private static let generatorName = "generator.safetensors", averageName = "generator-ema.safetensors"
  private static let discriminatorName = "discriminator.safetensors"
  private static let optimiserNames = ("optimiser-generator.safetensors", "optimiser-discriminator.safetensors")

  /// The members of the artifact.
  func results() throws -> [String: [UInt8]] {
    var files = try tensors(average: samplingGenerator)
    files["metrics.jsonl"] = progress.log.encoded
    files[ModelDescription.memberName] = try model.encoded()
    return files.merging(grids) { $1 }
  }

  func snapshot() throws -> [String: [UInt8]] {
    var files = try tensors(average: average)
    files["progress.json"] = try CanonicalJSON.encode(progress)
    return files.merging(grids) { $1 }
  }

  mutating func restore(_ files: [String: [UInt8]]) throws {
    let place = FilePath("checkpoint")
    func file(_ name: String) throws(StageError) -> [UInt8] {
      guard let bytes = files[name] else { throw StageError("the checkpoint has no '\(name)'; remove the stage's checkpoints") }
      return bytes
    }
    progress = try JSONDecoder().decode(Progress.self, from: Data(file("progress.json")))
    try trainer.generator.parameters.load(file(Self.generatorName), from: place)
    try average.parameters.load(file(Self.averageName), from: place)
    try trainer.discriminator.parameters.load(file(Self.discriminatorName), from: place)
    try trainer.generatorOptimiser.restore(
      StateFile.decoded(file(Self.optimiserNames.0), from: place), for: trainer.generator.parameters)
    try trainer.discriminatorOptimiser.restore(
      StateFile.decoded(file(Self.optimiserNames.1), from: place), for: trainer.discriminator.parameters)
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

extension CoTrainingSettings {
  /// A fresh optimiser, the same kind for both players.
  var optimiser: any Optimiser { Adam(beta1: beta1, beta2: beta2) }
}

extension Dataset {
  /// - Throws: `StageError` where the pictures are not of the network's size.
  func requireSide(of kind: NetworkKind) throws(StageError) {
    for (split, pictures) in splits.sorted(by: { $0.key < $1.key }) where pictures.height != kind.side || pictures.width != kind.side {
      throw StageError(
        "the network '\(kind.name)' takes pictures of \(kind.side)x\(kind.side) pixels, but those of '\(split.rawValue)' have "
          + "\(pictures.width)x\(pictures.height)")
    }
  }

  /// Mean local Lipschitz values over the first pictures of train and test, under the names of `metrics.jsonl`.
  func lipschitzValues(of model: DiscriminatorModel, pictures count: Int) -> [String: Double] {
    var result: [String: Double] = [:]
    for split in [Split.train, .test] {
      guard let set = splits[split] else { continue }
      var norms: [Double] = []
      for start in stride(from: 0, to: min(count, set.count), by: 100) {
        let (x, labels) = set.batch(start..<min(start + 100, count, set.count), on: model.backend)
        norms += LocalLipschitz.norms(model, x, labels)
      }
      result["lipschitz_\(split.rawValue)"] = norms.reduce(0, +) / Double(norms.count)
    }
    return result
  }
}
