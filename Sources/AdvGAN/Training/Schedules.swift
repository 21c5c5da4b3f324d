import Foundation
import Jobs

/// How a learning rate goes over a training. A step is counted from 0 over all epochs.
protocol Schedule: Choice {
  /// The rate of a step, as a factor of the setting `rate`.
  func factor(at step: Int, _ length: TrainingLength) -> Double

  /// Whether the optimisers begin anew at a step, as the published code has it where the rate falls.
  func resetsOptimisers(at step: Int, _ length: TrainingLength) -> Bool

  /// What speaks against it in a training of so many epochs; nil if nothing does.
  func problem(epochs: Int) -> String?
}

extension Schedule {
  func resetsOptimisers(at step: Int, _ length: TrainingLength) -> Bool { false }
  func problem(epochs: Int) -> String? { nil }
}

/// How long a training is.
struct TrainingLength: Sendable {
  let epochs: Int, stepsPerEpoch: Int
  var steps: Int { epochs * stepsPerEpoch }
}

/// All schedules, for every training. A new one is a type and one line here.
enum Schedules {
  static let all: [any Schedule.Type] = [
    ConstantSchedule.self, StepSchedule.self, MultiStepSchedule.self, LinearSchedule.self, OneCycleSchedule.self,
  ]
}

struct ConstantSchedule: Schedule {
  static let name = "constant"
  static let summary = "the same rate all along"

  init(_ settings: inout SettingsReader) {}

  func factor(at step: Int, _ length: TrainingLength) -> Double { 1 }
}

/// PyTorch's StepLR. The published co-training: halved every 50 epochs, with new optimisers.
struct StepSchedule: Schedule {
  static let name = "step"
  static let summary = "multiplied by a factor every so many epochs"
  let every: Int, factor: Double, resets: Bool

  init(_ settings: inout SettingsReader) throws {
    every = try settings.integer("every", default: 50, in: 1...100_000, "epochs between two falls")
    factor = try settings.number("factor", default: 0.5, in: 0...1, "what the rate is multiplied by")
    resets = try settings.flag("resets_optimiser", default: false, "whether the optimisers begin anew at each fall")
  }

  func factor(at step: Int, _ length: TrainingLength) -> Double {
    // Never 0, which would end the training quietly.
    max(pow(factor, Double(min(step / (every * length.stepsPerEpoch), 126))), factor == 0 ? 0 : 0x1p-126)
  }

  func resetsOptimisers(at step: Int, _ length: TrainingLength) -> Bool { resets && step > 0 && step % (every * length.stepsPerEpoch) == 0 }
}

/// PyTorch's MultiStepLR. The published fine-tuning: a tenth after 20, 40 and 50 epochs, with new optimisers.
struct MultiStepSchedule: Schedule {
  static let name = "multi-step"
  static let summary = "multiplied by a factor after given epochs"
  let epochs: [Int], factor: Double, resets: Bool

  init(_ settings: inout SettingsReader) throws {
    epochs = try settings.integers("at", default: [20, 40, 50], in: 1...100_000, "epochs after which the rate falls")
    factor = try settings.number("factor", default: 0.1, in: 0...1, "what the rate is multiplied by")
    resets = try settings.flag("resets_optimiser", default: false, "whether the optimisers begin anew at each fall")
    if epochs != Set(epochs).sorted() { throw settings.error(at: "at", "'at' takes epochs in rising order") }
  }

  func factor(at step: Int, _ length: TrainingLength) -> Double { pow(factor, Double(epochs.count { step >= $0 * length.stepsPerEpoch })) }

  func resetsOptimisers(at step: Int, _ length: TrainingLength) -> Bool { resets && epochs.contains { step == $0 * length.stepsPerEpoch } }
}

/// SN-GAN's: constant, then linearly to 0 at the end.
struct LinearSchedule: Schedule {
  static let name = "linear"
  static let summary = "constant, then linearly to 0 at the end (SN-GAN)"
  /// nil: half of the epochs.
  let from: Int?

  init(_ settings: inout SettingsReader) throws {
    from = try settings.optionalInteger("from", in: 0...100_000, "epoch after which the rate falls; by default half of all")
  }

  func factor(at step: Int, _ length: TrainingLength) -> Double {
    let (start, end) = ((from ?? length.epochs / 2) * length.stepsPerEpoch, length.steps)
    if step < start { return 1 }
    return end <= start ? 0 : Double(max(0, Float(end - step) / Float(end - start)))
  }

  func problem(epochs: Int) -> String? {
    from.flatMap { $0 > epochs ? "'from' must be at most the number of epochs, \(epochs), but is \($0)" : nil }
  }
}

/// Smith's one cycle, as fast adversarial training uses it: linearly up, then linearly to 0 at the end.
struct OneCycleSchedule: Schedule {
  static let name = "one-cycle"
  static let summary = "linearly up from 0, then linearly to 0 at the end"
  /// In epochs; nil: 40 % of all.
  let peak: Double?

  init(_ settings: inout SettingsReader) throws {
    peak = try settings.optionalNumber("peak", in: 0...100_000, "epochs until the highest rate; by default 40 % of all")
  }

  func factor(at step: Int, _ length: TrainingLength) -> Double {
    let (top, end) = (Int((peak ?? Double(length.epochs) * 0.4) * Double(length.stepsPerEpoch)), length.steps)
    // The first step has a rate above 0 already, and so has the last.
    if step < top { return Double(Float(step + 1) / Float(top)) }
    return end <= top ? 0 : Double(max(0, Float(end - step) / Float(end - top)))
  }

  func problem(epochs: Int) -> String? {
    peak.flatMap { $0 > Double(epochs) ? "'peak' must be at most the number of epochs, \(epochs), but is \($0)" : nil }
  }
}
