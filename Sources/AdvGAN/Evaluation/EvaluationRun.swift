import IO
import Jobs
import NN

/// The measurement of one or more weights of a network: metrics, and which images survive each attack at each epsilon; a batch of images
/// and an attack at a time.
public struct EvaluationRun: LongRun {
  private struct Unit {
    let model: Int, split: Split
    let measured: Subject
    /// Of the measured images of the split.
    let images: Range<Int>
  }

  private enum Subject: Equatable {
    case metrics
    case clean
    /// By their places in the plan.
    case attack(Int, epsilon: Int)
  }

  /// What was found so far.
  private struct Progress: Codable {
    var done = 0
    /// By model and split.
    var metrics: [String: MetricSums] = [:]
    /// By model, split and what was measured, in the order of images, each as the raw value of its `Verdict`.
    var verdicts: [String: String] = [:]
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
  private var progress = Progress()

  /// `models`: weights by the name they are reported under.
  public init(_ plan: EvaluationPlan, _ dataset: Dataset, _ models: [(name: String, model: DiscriminatorModel)]) throws {
    (self.plan, self.dataset, self.models) = (plan, dataset, models)
    stream = RandomStream(seed: UInt64(plan.seed)).derived("evaluate")
    let chosen = try plan.classes.map { try ClassChoice(of: dataset.classes, setting: "classes").labels($0).sorted() }
    self.chosen = chosen
    var places: [Split: [Int]] = [:]
    for split in plan.splits { places[split] = try Self.places(split, dataset, chosen, limit: plan.limit) }
    self.places = places
    units = models.indices.flatMap { model in
      plan.splits.flatMap { split in
        Self.subjects(plan).flatMap { subject in
          let count = places[split, default: []].count
          return stride(from: 0, to: count, by: plan.batch).map {
            Unit(model: model, split: split, measured: subject, images: $0..<min($0 + plan.batch, count))
          }
        }
      }
    }
  }

  /// What is measured on each split, in this order.
  private static func subjects(_ plan: EvaluationPlan) -> [Subject] {
    let attacks = plan.epsilons.indices.filter { plan.epsilons[$0].onUnitScale > 0 }.flatMap { epsilon in
      plan.attacks.indices.map { Subject.attack($0, epsilon: epsilon) }
    }
    return (plan.metrics.isEmpty ? [] : [.metrics]) + [.clean] + attacks
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

  public var done: Int { progress.done }
  public var total: Int { units.count }
  public var note: String {
    guard done < total else { return "" }
    let unit = units[done]
    return "\(models[unit.model].name), \(unit.split.rawValue), \(words(unit.measured))"
  }

  private func words(_ subject: Subject) -> String {
    switch subject {
    case .metrics: plan.metrics.flatMap(\.quantities).map(\.title).joined(separator: ", ")
    case .clean: "clean images"
    case .attack(let attack, let epsilon): "\(plan.attackNames[attack]) at \(plan.epsilons[epsilon].text)"
    }
  }

  public mutating func advance(_ check: () throws -> Void) throws {
    let unit = units[progress.done]
    let model = models[unit.model].model
    let (x, labels) = try dataset.split(unit.split).batch(places[unit.split, default: []][unit.images], on: model.backend)
    let batch = LabelledImages(x, labels)
    switch unit.measured {
    case .metrics:
      let own = stream.derived("metrics \(unit.split.rawValue)", unit.images.lowerBound)
      try progress.metrics[key(unit.model, unit.split), default: MetricSums()].add(batch, model, plan.metrics, own, check: check)
    case .clean:
      let place = "'\(models[unit.model].name)' on images of the split '\(unit.split.rawValue)'"
      note(try model.requiredAnswers(batch, place).map { $0 == .right ? .survived : .fooled }, unit)
    case .attack(let attack, let epsilon):
      // The clean images of a split come first.
      let clean = verdicts(unit.model, unit.split, .clean)[unit.images]
      let (choice, radius) = (plan.attacks[attack], plan.epsilons[epsilon])
      let own = stream.derived("\(unit.split.rawValue) \(radius.text)", unit.images.lowerBound)
      let found = try choice.attack.verdicts(
        batch, model, Threat(choice.norm, radius: radius), wasCorrect: clean.map { $0 == .survived }, attack == 0 ? own : own.derived("attack", attack),
        check: check)
      note(found, unit)
    }
    progress.done += 1
  }

  private mutating func note(_ verdicts: [Verdict], _ unit: Unit) {
    progress.verdicts[key(unit.model, unit.split, unit.measured), default: ""] += verdicts.map(\.rawValue).joined()
  }

  /// One an image, in the order of images.
  private func verdicts(_ model: Int, _ split: Split, _ subject: Subject) -> [Verdict] {
    progress.verdicts[key(model, split, subject), default: ""].map { Verdict(rawValue: String($0)) ?? .unmeasured }
  }

  private func key(_ model: Int, _ split: Split, _ subject: Subject = .metrics) -> String {
    switch subject {
    case .metrics: "\(model) \(split.rawValue)"
    case .clean: "\(model) \(split.rawValue) clean"
    case .attack(let attack, let epsilon): "\(model) \(split.rawValue) \(epsilon) \(attack)"
    }
  }

  public func snapshot() throws -> [String: [UInt8]] { [CheckpointFiles.progressName: try CanonicalJSON.encode(progress)] }

  public mutating func restore(_ files: [String: [UInt8]]) throws {
    progress = try CheckpointFiles(files).progress(Progress.self, where: isSound)
  }

  /// Whether it has as many images of everything as its units should have given.
  private func isSound(_ progress: Progress) -> Bool {
    guard (0...units.count).contains(progress.done) else { return false }
    let expected = units[..<progress.done].reduce(into: [String: Int]()) {
      $0[key($1.model, $1.split, $1.measured), default: 0] += $1.images.count
    }
    return progress.verdicts.mapValues(\.utf8.count).merging(progress.metrics.mapValues(\.images)) { $1 } == expected
  }
}

extension EvaluationRun {
  /// What was found. To be asked for when all units are done.
  public func document(network: String, width: Int) throws -> EvaluationDocument {
    EvaluationDocument(
      network: network, width: width, attacks: zip(plan.attackNames, plan.attacks).map { .init(name: $0, settings: $1.record) },
      classes: chosen.map { $0.map { dataset.classes[$0] } },
      models: try models.indices.map { index in .init(weights: models[index].name, splits: try plan.splits.map { try split(index, $0) }) })
  }

  private func split(_ model: Int, _ split: Split) throws -> EvaluationDocument.Split {
    let set = try dataset.split(split)
    let labels = places[split, default: []].map { set.labels[$0] }
    let metrics = progress.metrics[key(model, split)]?.measured(plan.metrics) ?? []
    return .init(
      split: split.rawValue, images: labels.count, imagesInSplit: set.count, classNames: dataset.classes, metrics: metrics,
      points: plan.epsilons.indices.map { point(model, split, labels, epsilon: $0) })
  }

  private func point(_ model: Int, _ split: Split, _ labels: [Int], epsilon index: Int) -> EvaluationDocument.Point {
    let epsilon = plan.epsilons[index]
    let isAttacked = epsilon.onUnitScale > 0
    let found = isAttacked ? plan.attacks.indices.map { verdicts(model, split, .attack($0, epsilon: index)) } : [verdicts(model, split, .clean)]
    let all = labels.indices.map { n in Verdict(all: found.map { $0[n] }) }
    var perClass = dataset.classes.map { _ in EvaluationDocument.ClassCount(images: 0, correct: 0) }
    for (label, verdict) in zip(labels, all) {
      perClass[label].images += 1
      perClass[label].correct += verdict == .survived ? 1 : 0
    }
    func count(_ verdicts: [Verdict]) -> (correct: Int, unmeasured: Int, accuracy: Double) {
      let correct = verdicts.count { $0 == .survived }
      return (correct, verdicts.count { $0 == .unmeasured }, Double(correct) / Double(labels.count))
    }
    let total = count(all)
    let byAttack = zip(plan.attackNames, found.map(count)).map { name, count in
      EvaluationDocument.AttackCount(attack: name, correct: count.correct, unmeasured: count.unmeasured, accuracy: count.accuracy)
    }
    return .init(
      epsilon: epsilon.onUnitScale, epsilonText: epsilon.text, epsilonPaperScale: epsilon.onPaperScale, correct: total.correct,
      unmeasured: total.unmeasured, accuracy: total.accuracy, perClass: perClass, byAttack: isAttacked && found.count > 1 ? byAttack : nil)
  }
}

/// A measurement outside of a job: `advgan-job attack`.
extension EvaluationDocument {
  /// Measures the classifiers of weights that somebody names on a data set.
  public init(
    measuring given: GivenModel, on data: FilePath, _ plan: EvaluationPlan, _ backend: any Backend, progress: any ProgressReporter
  ) throws {
    let classifiers = try given.classifiers(on: backend)
    let dataset = try classifiers.fitted(Datasets.open(data, only: Set(plan.splits), undivided: plan.splits.first ?? .test))
    var run = try EvaluationRun(plan, dataset, classifiers.models)
    while run.done < run.total {
      progress.report(run.done, of: run.total, unit: "batches", note: run.note)
      try run.advance()
    }
    self = try run.document(network: classifiers.kind.name, width: classifiers.width)
  }
}
