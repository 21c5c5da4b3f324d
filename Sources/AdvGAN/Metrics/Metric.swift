import Jobs
import NN

/// Something that a classifier has at each image; its mean over the images of a split is reported.
public protocol Metric: Choice {
  /// What it measures, in the order of the values that `measure` gives. The keys of all metrics differ.
  var quantities: [Quantity] { get }

  /// For each quantity one value an image, in inference mode; one that is not finite stands for an image that cannot be measured. Random numbers come from `stream`. `check` is called before every step of an
  /// attack, and nowhere else; what it throws ends the measurement.
  func measure(_ batch: LabelledImages, _ classifier: any Classifier, _ stream: RandomStream, check: () throws -> Void) rethrows
    -> [[Double]]
}

/// All metrics of classifiers. A new one is one file and one line here.
public enum Metrics {
  public static let all: [any Metric.Type] = [LocalLipschitz.self, Accuracy.self]
}

/// Sums on the way to the means of metrics over images. A part of a checkpoint: numbers survive exactly.
struct MetricSums: Codable {
  /// By key, over the images that could be measured; and how many could not.
  private var sums: [String: Double] = [:], unmeasured: [String: Int] = [:]
  private(set) var images = 0

  /// Takes in a batch.
  mutating func add(
    _ batch: LabelledImages, _ classifier: any Classifier, _ metrics: [any Metric], _ stream: RandomStream, check: () throws -> Void
  ) rethrows {
    // A batch counts as a whole or not at all.
    let found = try metrics.flatMap { metric in
      try Array(zip(metric.quantities, metric.measure(batch, classifier, stream, check: check)))
    }
    for (quantity, values) in found {
      let known = values.filter(\.isFinite)
      sums[quantity.key, default: 0] += known.reduce(0, +)
      unmeasured[quantity.key, default: 0] += values.count - known.count
    }
    images += batch.labels.count
  }

  /// Of how many images a quantity is not known.
  func unmeasured(_ quantity: Quantity) -> Int { unmeasured[quantity.key, default: 0] }

  /// Over the images that could be measured; not a number where there are none.
  func mean(of quantity: Quantity) -> Double { sums[quantity.key, default: 0] / Double(images - unmeasured(quantity)) }

  /// Of a share: the least that it can be over all images, whatever those are that could not be measured.
  func leastShare(of quantity: Quantity) -> Double { sums[quantity.key, default: 0] / Double(images) }

  func measured(_ metrics: [any Metric]) -> [Measured] {
    metrics.flatMap(\.quantities).map { Measured($0, mean: mean(of: $0), images: images, unmeasured: unmeasured($0)) }
  }
}

extension ImageSet {
  /// Sums over the first `count` images, 100 at a time.
  /// - Parameter check: called before every batch too.
  func sums(
    of metrics: [any Metric], first count: Int, _ classifier: any Classifier, _ stream: RandomStream, check: () throws -> Void
  ) throws -> MetricSums {
    var sums = MetricSums()
    for start in stride(from: 0, to: min(count, self.count), by: 100) {
      try check()
      let (x, labels) = try batch(start..<min(start + 100, count, self.count), on: classifier.backend)
      try sums.add(LabelledImages(x, labels), classifier, metrics, stream.derived("validation", start), check: check)
    }
    return sums
  }
}

/// What a training measures beside its own course: metrics on the first images of splits, every so many epochs.
struct Monitor: Sendable {
  let metrics: [any Metric]
  let splits: [Split]
  let images: Int, every: Int

  /// Reads `monitor`.
  init(_ settings: inout SettingsReader) throws {
    self = try settings.section("monitor", "what is measured of the classifier after an epoch") { settings in
      Monitor(
        metrics: try settings.chooseList("metrics", from: Metrics.all, default: [LocalLipschitz.self], "metrics of the classifier"),
        splits: try settings.choices("splits", of: Split.allCases.map(\.rawValue), default: ["train", "test"], "splits of the data set")
          .compactMap(Split.init(rawValue:)),
        images: try settings.integer("images", default: 200, in: 1...1_000_000, "the first so many images of each split"),
        every: try settings.integer("every", default: 1, in: 1...100_000, "epochs between two measurements"))
    }
  }

  private init(metrics: [any Metric], splits: [Split], images: Int, every: Int) {
    (self.metrics, self.splits, self.images, self.every) = (metrics, splits, images, every)
  }

  /// Means after an epoch, each split's quantities under keys of their own (`lipschitz_test`); none where no measurement is due. Splits that the
  /// data set lacks are skipped.
  func values(
    of classifier: any Classifier, _ dataset: Dataset, epoch: Int, _ stream: RandomStream, check: () throws -> Void
  ) throws -> [(quantity: Quantity, value: Double)] {
    guard epoch % every == 0, !metrics.isEmpty else { return [] }
    return try splits.flatMap { split -> [(quantity: Quantity, value: Double)] in
      guard let images = dataset.splits[split] else { return [] }
      let sums = try images.sums(of: metrics, first: self.images, classifier, stream.derived(split.rawValue), check: check)
      return metrics.flatMap(\.quantities).map { quantity in
        let own = Quantity("\(quantity.key)_\(split.rawValue)", "\(quantity.title), \(split.words)", unit: quantity.unit)
        return (own, sums.mean(of: quantity))
      }
    }
  }
}
