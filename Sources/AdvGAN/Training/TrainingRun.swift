import Foundation
import IO
import Jobs
import NN

/// A way to train: what one step does with a batch, and what belongs to the end of an epoch.
///
/// A method is a value: a step that throws leaves it as it was, so that the step can be made again, to the same bits.
protocol TrainingMethod {
  /// One step on a batch. Every random number comes from `context`.
  mutating func step(_ batch: LabelledImages, _ context: StepContext) throws -> Measurements

  /// What is measured, decided and kept at the end of an epoch. Like a step, all or nothing.
  mutating func endEpoch(_ context: EpochContext) throws -> EpochResult

  /// New optimisers, as the published code makes them where the learning rate falls.
  mutating func resetOptimisers()

  /// Whether the training is to end before its last epoch.
  var isFinished: Bool { get }

  /// A few words on how it goes.
  func note(_ means: [String: Double]) -> String

  /// Everything that the rest of the training depends on, and back.
  func snapshot() throws -> [String: [UInt8]]
  mutating func restore(_ files: [String: [UInt8]]) throws

  /// The members of the artifact, but for those of the training's history.
  func results(_ context: EpochContext) throws -> [String: [UInt8]]
}

/// Where a step stands in its training.
struct StepContext {
  /// Counted from 0 over all epochs, and in its epoch.
  let step: Int, stepInEpoch: Int
  let rate: Float
  fileprivate let stream: RandomStream
  /// Called between updates and between the steps of an attack. What it throws is passed on: the training is to stop.
  let check: () throws -> Void

  /// The random numbers of this step for a purpose.
  func stream(_ purpose: String) -> RandomStream { stream.derived(purpose, step) }

  func requireFinite(_ loss: Float, _ what: String) throws(StageError) {
    if !loss.isFinite { throw StageError("training diverged at step \(step): \(what) is \(loss); try a smaller 'rate'") }
  }
}

/// Where the end of an epoch stands in its training.
struct EpochContext {
  /// The epoch that ends, counted from 1.
  let epoch: Int
  let isLast: Bool
  /// Of the whole training.
  let stream: RandomStream
  /// Called before every batch that is measured or drawn. What it throws is passed on: the training is to stop.
  let check: () throws -> Void

  /// - Parameter players: the networks by their names in a sentence.
  func requireFinite(_ players: [(name: String, parameters: Parameters)]) throws(StageError) {
    for (name, parameters) in players {
      guard let tensor = parameters.firstNotFinite else { continue }
      throw StageError("training diverged in epoch \(epoch): the \(name)'s parameter '\(tensor)' is not finite; try a smaller 'rate'")
    }
  }
}

/// What the end of an epoch found, beside the means of the epoch's measurements.
struct EpochResult {
  var values: [(quantity: Quantity, value: Double)]
  /// Whether the epoch's weights are the best so far; nil where none are chosen.
  var isBest: Bool? = nil
}

/// What a step measured, by name: means over the step's images, and flags of images of which the share counts.
struct Measurements {
  var means: [(name: String, value: Double)] = []
  var flags: [(name: String, values: [Bool])] = []

  /// Takes in the values of terms that count, under `loss_` and their names.
  mutating func add(_ terms: [MeasuredTerm]) { means += terms.filter { $0.weight != 0 }.map { ("loss_" + $0.name, Double($0.value)) } }
}

/// A training over a data set, a step at a time: the order of images, the learning rate, means and metrics over epochs, checkpoints. What a step does
/// is the method's. Every random number comes from a stream derived from the seed, its purpose and the step, so that a step can be taken up
/// anywhere.
struct TrainingRun<Method: TrainingMethod>: LongRun {
  var method: Method
  private(set) var progress = Progress()
  private let plan: TrainingPlan
  let stream: RandomStream
  private let stepsPerEpoch: Int
  /// Reads the images of the next steps while this one computes.
  var batches: BatchLoader<TrainingBatch>

  /// What a checkpoint holds beside the method's own.
  struct Progress: Codable {
    var step = 0
    var tally = Tally()
    var history = TrainingHistory()
    var isFinished = false
  }

  /// - Parameter stream: of the whole training; its seed is the setting.
  init(_ method: Method, _ plan: TrainingPlan, on images: ImageSet, _ stream: RandomStream, beside backend: any Backend) throws {
    (self.method, self.plan, self.stream) = (method, plan, stream)
    let order = try EpochOrder(images: images.count, batch: plan.batch, stream)
    stepsPerEpoch = order.steps
    batches = BatchLoader(of: images, in: order, epochs: plan.epochs, plan.augmentation, stream, beside: backend)
  }

  /// A step whose epoch has still to end is not done.
  var done: Int { progress.isFinished ? total : progress.step - (isEpochOpen ? 1 : 0) }
  var total: Int { plan.epochs * stepsPerEpoch }
  var note: String { "epoch \(min(progress.step / stepsPerEpoch + 1, plan.epochs))" + method.note(progress.tally.means) }

  /// Epochs whose steps are all made.
  private var epochs: Int { progress.step / stepsPerEpoch }
  private var isEpochOpen: Bool { progress.step % stepsPerEpoch == 0 && progress.history.epochs.count < epochs }

  mutating func advance(_ check: () throws -> Void) throws {
    try withoutActuallyEscaping(check) { check in
      if !isEpochOpen { try step(check) }
      if isEpochOpen { try endEpoch(check) }
    }
  }

  private mutating func step(_ check: @escaping () throws -> Void) throws {
    if plan.resetsOptimisers(at: progress.step, stepsPerEpoch: stepsPerEpoch) { method.resetOptimisers() }
    let (images, labels) = try batches.batch(at: progress.step)
    let context = StepContext(
      step: progress.step, stepInEpoch: progress.step % stepsPerEpoch, rate: rate(at: progress.step), stream: stream, check: check)
    let found = try method.step(LabelledImages(images, labels), context)
    found.means.forEach { progress.tally.add($0.name, $0.value) }
    found.flags.forEach { progress.tally.add($0.name, $0.values) }
    progress.step += 1
  }

  private mutating func endEpoch(_ check: @escaping () throws -> Void) throws {
    let result = try method.endEpoch(context(check))
    var values = progress.tally.means
    values["learning_rate"] = Double(rate(at: progress.step - 1))
    for (quantity, value) in result.values { values[quantity.key] = value }
    progress.history.add(.init(epoch: epochs, step: progress.step, values: values, best: result.isBest), result.values.map(\.quantity))
    progress.tally = Tally()
    progress.isFinished = method.isFinished
  }

  private func rate(at step: Int) -> Float { plan.rate(at: step, stepsPerEpoch: stepsPerEpoch) }

  private func context(_ check: @escaping () throws -> Void) -> EpochContext {
    EpochContext(epoch: epochs, isLast: epochs == plan.epochs, stream: stream, check: check)
  }

  /// The members of the artifact.
  func results(_ check: () throws -> Void = {}) throws -> [String: [UInt8]] {
    try withoutActuallyEscaping(check) { check in try method.results(context(check)).merging(progress.history.files) { $1 } }
  }

  func snapshot() throws -> [String: [UInt8]] {
    try method.snapshot().merging([CheckpointFiles.progressName: try CanonicalJSON.encode(progress)]) { $1 }
  }

  mutating func restore(_ files: [String: [UInt8]]) throws {
    let (total, steps) = (total, stepsPerEpoch)
    progress = try CheckpointFiles(files).progress(Progress.self) {
      (0...total).contains($0.step) && ($0.step / steps - 1...$0.step / steps).contains($0.history.epochs.count)
    }
    try method.restore(files)
  }
}

/// Sums of named quantities on the way to their means. A part of a checkpoint: numbers survive exactly.
struct Tally: Codable, Equatable {
  private var sums: [String: Double] = [:]
  private var weights: [String: Double] = [:]

  /// Takes in a mean over `weight` things.
  mutating func add(_ name: String, _ mean: Double, weight: Double = 1) {
    sums[name, default: 0] += mean * weight
    weights[name, default: 0] += weight
  }

  /// The share of true among the flags.
  mutating func add(_ name: String, _ flags: [Bool]) {
    guard !flags.isEmpty else { return }
    add(name, Double(flags.count(where: \.self)) / Double(flags.count), weight: Double(flags.count))
  }

  var means: [String: Double] { sums.reduce(into: [:]) { $0[$1.key] = $1.value / (weights[$1.key] ?? 1) } }
}
