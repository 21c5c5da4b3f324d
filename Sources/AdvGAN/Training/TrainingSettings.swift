import Jobs
import NN

/// The two ways of doing the method: sound, or as the authors' code does it (docs/deviations.md).
enum Preset: String, CaseIterable {
  case corrected
  case asPublished = "as-published"

  init(_ settings: inout SettingsReader) throws {
    self = try settings.choice("preset", default: .corrected, "defaults: sound ones, or those of the published code (docs/deviations.md)")
  }
}

/// What every training is told, whatever its method.
struct TrainingPlan: Sendable {
  let epochs: Int, batch: Int
  let augmentation: Augmentation
  private let rate: Double
  private let schedule: any Schedule

  /// What a kind of training has where a job file says nothing.
  struct Defaults {
    let epochs: Int, batch: Int, rate: Double
    let schedule: any Schedule.Type
    let augmentation: Augmentation
    /// Whether the optimisers begin anew where the rate falls.
    let resetsOptimiser: Bool
  }

  /// Reads `epochs`, `batch`, `rate`, `schedule` and `augmentation`.
  init(_ settings: inout SettingsReader, default given: Defaults) throws {
    epochs = try settings.integer("epochs", default: given.epochs, in: 1...100_000, "passes over the training images")
    batch = try settings.integer("batch", default: given.batch, in: 2...4096, "real images of a step")
    rate = try settings.number("rate", default: given.rate, in: 0...10, "learning rate, which the schedule multiplies")
    if Float(rate) == 0 { throw settings.error(at: "rate", "a 'rate' of 0 trains nothing; leave it out for \(given.rate)") }
    schedule = try settings.choose(
      "schedule", from: Schedules.all, default: given.schedule, defaults: ["resets_optimiser": .bool(given.resetsOptimiser)],
      "how the learning rate goes over the epochs")
    if let problem = schedule.problem(epochs: epochs) { throw settings.error(at: "schedule", problem) }
    augmentation = try settings.section("augmentation", "how training images are varied") {
      try Augmentation(&$0, default: given.augmentation)
    }
  }

  func rate(at step: Int, stepsPerEpoch: Int) -> Float {
    Float(rate) * Float(schedule.factor(at: step, TrainingLength(epochs: epochs, stepsPerEpoch: stepsPerEpoch)))
  }

  func resetsOptimisers(at step: Int, stepsPerEpoch: Int) -> Bool {
    schedule.resetsOptimisers(at: step, TrainingLength(epochs: epochs, stepsPerEpoch: stepsPerEpoch))
  }
}

extension NetworkKind {
  /// Reads `network`. `judging`: only those that tell real from fake.
  init(_ settings: inout SettingsReader, judging: Bool) throws {
    let kinds = Networks.all.filter { !judging || $0.hasAdversarialHead && $0.generator != nil }
    let name = try settings.choice("network", of: kinds.map(\.name), default: kinds[0].name, "architecture of both players")
    self = kinds.first { $0.name == name } ?? kinds[0]
  }
}
