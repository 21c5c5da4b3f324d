import Foundation
import Jobs
import NN

/// The measurement of one or more weights of a network, a batch of images at one attack epsilon at a time.
public struct EvaluationRun: LongRun {
  /// One batch to measure: local Lipschitz values where `epsilon` is nil.
  private struct Unit {
    let model: Int, split: Split, epsilon: Int?
    /// Of the measured images of the split.
    let images: Range<Int>
  }

  /// What was counted so far, by model, split and epsilon.
  private struct Counts: Codable {
    var done = 0
    var correct: [String: [Int]] = [:]
    var norms: [String: Double] = [:]
  }

  private let plan: EvaluationPlan
  private let dataset: Dataset
  private let models: [(name: String, model: DiscriminatorModel)]
  /// The labels of the classes that are measured, in their order; nil for all.
  private let chosen: [Int]?
  /// Which images of each split are measured.
  private let places: [Split: [Int]]
  private let units: [Unit]
  private let stream: RandomStream
  private var counts = Counts()

  /// `models`: weights by the name they are reported under.
  public init(_ plan: EvaluationPlan, _ dataset: Dataset, _ models: [(name: String, model: DiscriminatorModel)]) throws {
    self.plan = plan
    self.dataset = dataset
    self.models = models
    stream = RandomStream(seed: UInt64(plan.seed)).derived("evaluate")
    let chosen = try plan.classes.map { try ClassChoice(of: dataset.classes, setting: "classes").labels($0).sorted() }
    self.chosen = chosen
    var places: [Split: [Int]] = [:]
    for split in plan.splits { places[split] = try Self.places(split, dataset, chosen, limit: plan.limit) }
    self.places = places
    units = models.indices.flatMap { model in
      plan.splits.flatMap { Self.units(model, $0, images: places[$0, default: []].count, plan) }
    }
  }

  /// The batches of so many images: first for local Lipschitz values, then at each epsilon.
  private static func units(_ model: Int, _ split: Split, images count: Int, _ plan: EvaluationPlan) -> [Unit] {
    ([nil] + plan.epsilons.indices.map(Optional.some)).flatMap { epsilon in
      stride(from: 0, to: count, by: plan.batch).map {
        Unit(model: model, split: split, epsilon: epsilon, images: $0..<min($0 + plan.batch, count))
      }
    }
  }

  public var done: Int { counts.done }
  public var total: Int { units.count }
  public var note: String {
    guard done < total else { return "" }
    let unit = units[done]
    return "\(models[unit.model].name), \(unit.split.rawValue), " + (unit.epsilon.map { plan.epsilons[$0].text } ?? "local Lipschitz value")
  }

  public mutating func advance(_ check: () throws -> Void) throws {
    let unit = units[counts.done]
    let model = models[unit.model].model
    let (x, labels) = try dataset.split(unit.split).batch(places[unit.split, default: []][unit.images], on: model.backend)
    if let epsilon = unit.epsilon {
      let survived = try survivors(
        model, x, labels, plan.epsilons[epsilon],
        stream.derived("\(unit.split.rawValue) \(plan.epsilons[epsilon].text)", unit.images.lowerBound), check)
      var perClass = counts.correct[key(unit), default: [Int](repeating: 0, count: dataset.classes.count)]
      for (label, held) in zip(labels, survived) where held { perClass[label] += 1 }
      counts.correct[key(unit)] = perClass
    } else {
      counts.norms[key(unit), default: 0] += LocalLipschitz.norms(LabelledImages(x, labels), model).reduce(0, +)
    }
    counts.done += 1
  }

  private func survivors(
    _ model: DiscriminatorModel, _ x: Tensor, _ labels: [Int], _ epsilon: Epsilon, _ stream: RandomStream,
    _ check: () throws -> Void
  ) rethrows -> [Bool] {
    let right = isCorrect(model.classLogits(x), labels)
    guard epsilon.onUnitScale > 0 else { return right }
    let measure = RobustAccuracy(plan.attack.attack, Threat(plan.attack.norm, radius: epsilon))
    return try measure.survivors(LabelledImages(x, labels), model, wasCorrect: right, stream, check: check)
  }

  private func key(_ unit: Unit) -> String { key(unit.model, unit.split, unit.epsilon) }
  private func key(_ model: Int, _ split: Split, _ epsilon: Int?) -> String {
    "\(model) \(split.rawValue) \(epsilon.map(String.init) ?? "lipschitz")"
  }

  /// The first `limit` images of a split that are of the chosen classes.
  /// - Throws: `StageError` where there are none.
  private static func places(_ split: Split, _ dataset: Dataset, _ chosen: [Int]?, limit: Int?) throws(StageError) -> [Int] {
    let set = try dataset.split(split)
    guard let chosen else { return Array(0..<min(limit ?? .max, set.count)) }
    let wanted = Set(chosen)
    let places = set.labels.indices.lazy.filter { wanted.contains(set.labels[$0]) }.prefix(limit ?? .max)
    guard !places.isEmpty else { throw StageError("the split '\(split.rawValue)' has no images of the classes under 'classes'") }
    return Array(places)
  }

  public func snapshot() throws -> [String: [UInt8]] { [CheckpointFiles.progressName: try CanonicalJSON.encode(counts)] }

  public mutating func restore(_ files: [String: [UInt8]]) throws {
    let classes = dataset.classes.count
    let units = units.count
    counts = try CheckpointFiles(files).progress(Counts.self) { counts in
      (0...units).contains(counts.done) && counts.correct.values.allSatisfy { $0.count == classes }
    }
  }
}

extension EvaluationRun {
  /// The record `evaluation.json`; see DESIGN.md for its form. To be asked for when all units are done.
  public func record(network: String, width: Int) throws -> JSON {
    var record: [String: JSON] = [
      "format": .integer(1), "network": .string(network), "width": .integer(width), "attack": plan.attack.record.json,
      "models": .array(
        try models.indices.map { index in
          .object([
            "weights": .string(models[index].name), "splits": .array(try plan.splits.map { try splitRecord(index, $0) }),
          ])
        }),
    ]
    record["classes"] = chosen.map { .array($0.map { .string(dataset.classes[$0]) }) }
    return .object(record)
  }

  private func splitRecord(_ model: Int, _ split: Split) throws -> JSON {
    let set = try dataset.split(split)
    let places = places[split, default: []]
    let count = places.count
    let perClass = places.reduce(into: [Int](repeating: 0, count: dataset.classes.count)) { $0[set.labels[$1]] += 1 }
    let mean = counts.norms[key(model, split, nil), default: 0] / Double(count)
    return .object([
      "split": .string(split.rawValue), "images": .integer(count), "images_in_split": .integer(set.count),
      "class_names": .array(dataset.classes.map(JSON.string)),
      "lipschitz": mean.isFinite ? .object(["mean_l2": .real(mean), "pixel_scale": .string("[-1, 1]")]) : .null,
      "points": .array(
        plan.epsilons.indices.map { pointRecord(counts.correct[key(model, split, $0), default: []], perClass, plan.epsilons[$0]) }),
    ])
  }

  private func pointRecord(_ correct: [Int], _ images: [Int], _ epsilon: Epsilon) -> JSON {
    let sum = correct.reduce(0, +)
    let count = images.reduce(0, +)
    return .object([
      "epsilon": .real(epsilon.onUnitScale), "epsilon_text": .string(epsilon.text), "epsilon_paper_scale": .real(epsilon.onPaperScale),
      "correct": .integer(sum), "accuracy": .real(Double(sum) / Double(count)),
      "per_class": .array(
        images.indices.map { .object(["images": .integer(images[$0]), "correct": .integer(correct.isEmpty ? 0 : correct[$0])]) }),
    ])
  }
}
