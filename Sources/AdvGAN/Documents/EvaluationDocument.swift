import IO
import Jobs

/// `evaluation.json`, and what `advgan-job attack --json` prints: how often the models of one artifact are right on attacked images, and
/// what else was measured of them.
public struct EvaluationDocument: Codable, Equatable, Sendable {
  public var format = 1
  /// Architecture and its width, as the networks are named in job files.
  public var network: String
  public var width: Int
  /// The attacks by the names that the points use, in the order of the job file.
  public var attacks: [NamedAttack]
  /// Names of the classes whose images were measured; nil for all.
  public var classes: [String]? = nil
  /// `best` and `last` of a fine-tuned classifier, or the one `discriminator` of a co-training.
  public var models: [Model]

  public struct NamedAttack: Codable, Equatable, Sendable {
    public var name: String
    public var settings: AttackRecord
  }

  public struct Model: Codable, Equatable, Sendable {
    public var weights: String
    public var splits: [Split]

    /// The numbers on `train`, `validation` or `test`, if they were taken.
    func split(_ name: String) -> Split? { splits.first { $0.split == name } }
  }

  public struct Split: Codable, Equatable, Sendable {
    /// `train`, `validation` or `test`.
    public var split: String
    /// How many images were measured, and how many the split holds.
    public var images: Int
    public var imagesInSplit: Int
    public var classNames: [String]
    /// Means over the images, of each metric that was asked for.
    public var metrics: [Measured]
    /// In order of epsilon; epsilon 0 is the clean image.
    public var points: [Point]

    enum CodingKeys: String, CodingKey {
      case split, images, metrics, points
      case imagesInSplit = "images_in_split"
      case classNames = "class_names"
    }

    /// The mean of a metric, if it was measured and is a number.
    func mean(of key: String) -> Double? { metrics.first { $0.key == key }?.mean }
  }

  /// Accuracy at one epsilon: how many images are classified right as they are and withstand all attacks. A lower bound where some could not be measured.
  public struct Point: Codable, Equatable, Sendable {
    /// On the [0, 1] pixel scale.
    public var epsilon: Double
    public var epsilonText: String
    /// On the [-1, 1] pixel scale, twice `epsilon`.
    public var epsilonPaperScale: Double
    public var correct: Int
    /// Images that no attack fooled, but that not all of them could attack: without a usable gradient, or with logits that are not finite. Not among `correct`.
    public var unmeasured = 0
    /// `correct` by the number of images. The report computes it anew.
    public var accuracy: Double
    public var perClass: [ClassCount]
    /// What withstands each attack alone, in the order of `attacks`; nil where there is one attack, and for clean images.
    public var byAttack: [AttackCount]? = nil

    enum CodingKeys: String, CodingKey {
      case epsilon, correct, unmeasured, accuracy
      case epsilonText = "epsilon_text"
      case epsilonPaperScale = "epsilon_paper_scale"
      case perClass = "per_class"
      case byAttack = "by_attack"
    }
  }

  public struct AttackCount: Codable, Equatable, Sendable {
    public var attack: String
    public var correct: Int
    public var unmeasured = 0
    public var accuracy: Double
  }

  public struct ClassCount: Codable, Equatable, Sendable {
    public var images: Int
    public var correct: Int
  }
}

/// The mean of a metric over images.
public struct Measured: Codable, Equatable, Sendable {
  public var key: String
  public var title: String
  public var unit: String?
  /// Over the images that could be measured; nil where there are none, or the sum is not finite.
  public var mean: Double?
  /// How many images were looked at, and how many of them could not be measured.
  public var images: Int, unmeasured: Int

  init(_ quantity: Quantity, mean: Double, images: Int, unmeasured: Int = 0) {
    (key, title, unit, self.images, self.unmeasured) = (quantity.key, quantity.title, quantity.unit, images, unmeasured)
    self.mean = mean.isFinite ? mean : nil
  }
}

extension EvaluationDocument {
  /// A sentence for each split of each model of which an attack or a metric could not measure all images.
  public var unmeasuredRemarks: [String] {
    models.flatMap { model in
      model.splits.compactMap { split in
        let attacked = split.points.filter { $0.unmeasured > 0 }.map { point in
          let least = Proportion(correct: point.correct, total: split.images).fraction
          let most = Proportion(correct: point.correct + point.unmeasured, total: split.images).fraction
          return "\(point.unmeasured) of \(split.images) at \(point.epsilonText), where the accuracy under attack is anything from "
            + "\(Decimals.plain(100 * least, 2)) to \(Decimals.plain(100 * most, 2)) %"
        }
        let measured = split.metrics.filter { $0.unmeasured > 0 }.map { "\($0.unmeasured) of \($0.images) for the \($0.title)" }
        let all = attacked + measured
        if all.isEmpty { return nil }
        return "Images of the split '\(split.split)' that '\(model.weights)' has no usable input gradient for, or no finite logits, were not "
          + "measured: \(all.joined(separator: "; "))."
      }
    }
  }
}

/// Reading.
extension EvaluationDocument {
  /// Name of the member in an evaluation's artifact.
  static let member = "evaluation.json"

  var encoded: [UInt8] { Array(JSON(encoding: self).pretty.utf8) }

  /// Reads and checks `evaluation.json`. Members that are not known are skipped.
  /// - Throws: `FileError` with kind `.damaged` that names the place in the file and what was found there: not JSON, a missing member, a wrong
  ///   type, counts that contradict each other, epsilons out of order; `.unsupported` for another format.
  static func read(_ bytes: [UInt8], from artifact: FilePath) throws(FileError) -> EvaluationDocument {
    let reading = MemberReading(artifact: artifact, member: member, madeBy: "evaluate")
    try reading.checkFormat(of: bytes)
    let document: EvaluationDocument = try reading.decode(bytes)
    try reading.check(!document.models.isEmpty, at: "models", expected: "at least one model", found: "none")
    try reading.check(!document.attacks.isEmpty, at: "attacks", expected: "at least one attack", found: "none")
    try reading.checkOnce(document.models.map(\.weights), at: "models", "each kind of weights", "a kind")
    try reading.checkOnce(document.attacks.map(\.name), at: "attacks", "each name", "a name")
    for (number, model) in document.models.enumerated() {
      for (place, split) in model.splits.enumerated() {
        try document.check(split, at: "models[\(number)].splits[\(place)]", reading)
      }
      try reading.checkOnce(model.splits.map(\.split), at: "models[\(number)].splits", "each split", "a split")
    }
    return document
  }

  private func check(_ split: Split, at place: String, _ reading: MemberReading) throws(FileError) {
    try reading.check(split.images > 0, at: place + ".images", expected: "a positive number", found: "\(split.images)")
    try reading.check(
      split.images <= split.imagesInSplit, at: place + ".images", expected: "at most the \(split.imagesInSplit) images of the split",
      found: "\(split.images)")
    try reading.checkOnce(split.metrics.map(\.key), at: place + ".metrics", "each key", "a key")
    for (number, metric) in split.metrics.enumerated() {
      try reading.check(
        (0...max(0, metric.images)).contains(metric.unmeasured), at: place + ".metrics[\(number)].unmeasured",
        expected: "a number from 0 to \(metric.images)", found: "\(metric.unmeasured)")
    }
    var last = -1.0
    for (number, point) in split.points.enumerated() {
      let here = place + ".points[\(number)]"
      try reading.check((0...1).contains(point.epsilon), at: here + ".epsilon", expected: "a number from 0 to 1", found: "\(point.epsilon)")
      try reading.check(point.epsilon > last, at: here + ".epsilon", expected: "epsilons in growing order", found: "\(point.epsilon)")
      last = point.epsilon
      try check(point, of: split, at: here, reading)
    }
  }

  private func check(_ point: Point, of split: Split, at place: String, _ reading: MemberReading) throws(FileError) {
    try reading.check(
      (0...split.images).contains(point.correct), at: place + ".correct", expected: "a number from 0 to \(split.images)",
      found: "\(point.correct)")
    try reading.check(
      (0...split.images - point.correct).contains(point.unmeasured), at: place + ".unmeasured",
      expected: "a number from 0 to \(split.images - point.correct)", found: "\(point.unmeasured)")
    try reading.check(
      abs(point.accuracy - Double(point.correct) / Double(split.images)) < 1e-4, at: place + ".accuracy",
      expected: "\(point.correct) of \(split.images)", found: "\(point.accuracy)")
    try reading.check(
      point.perClass.count == split.classNames.count, at: place + ".per_class", expected: "\(split.classNames.count) classes",
      found: "\(point.perClass.count)")
    for (number, count) in point.perClass.enumerated() {
      try reading.check(
        count.images >= 0 && (0...max(0, count.images)).contains(count.correct), at: place + ".per_class[\(number)]",
        expected: "no more right than images", found: "\(count.correct) of \(count.images)")
    }
    let images = point.perClass.reduce(0) { $0 &+ $1.images }
    let correct = point.perClass.reduce(0) { $0 &+ $1.correct }
    try reading.check(
      images == split.images && correct == point.correct, at: place + ".per_class",
      expected: "classes that add up to \(point.correct) of \(split.images)", found: "\(correct) of \(images)")
    guard let counts = point.byAttack else { return }
    try reading.check(
      counts.map(\.attack) == attacks.map(\.name), at: place + ".by_attack",
      expected: "the attacks \(attacks.map(\.name).joined(separator: ", "))", found: counts.map(\.attack).joined(separator: ", "))
    for (number, count) in counts.enumerated() {
      try reading.check(
        (point.correct...split.images).contains(count.correct), at: place + ".by_attack[\(number)].correct",
        expected: "a number from \(point.correct) to \(split.images)", found: "\(count.correct)")
      try reading.check(
        (0...split.images - count.correct).contains(count.unmeasured), at: place + ".by_attack[\(number)].unmeasured",
        expected: "a number from 0 to \(split.images - count.correct)", found: "\(count.unmeasured)")
    }
  }
}
