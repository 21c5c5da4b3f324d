import Jobs
import NN

/// How robustness is measured: which splits, how many images, which attacks at which epsilons, and what else.
public struct EvaluationPlan: Sendable {
  public var splits: [Split]
  /// Names of the classes whose images are measured, as `ClassChoice` reads them; nil for all.
  public var classes: [String]?
  /// The first so many images of each split (of these classes); nil for all.
  public var limit: Int?
  /// An image counts at an epsilon only if it withstands them all.
  public var attacks: [AttackChoice]
  public var epsilons: [Epsilon]
  public var metrics: [any Metric]
  public var batch: Int
  public var seed: Int
  public var convolution: ConvolutionMethod

  public init(
    splits: [Split], limit: Int?, attacks: [AttackChoice], epsilons: [Epsilon], metrics: [any Metric] = [LocalLipschitz()],
    batch: Int = 100, seed: Int = 0, convolution: ConvolutionMethod = .winograd, classes: [String]? = nil
  ) {
    (self.splits, self.limit, self.attacks) = (splits, limit, attacks)
    self.epsilons = epsilons.sorted()
    (self.metrics, self.batch, self.seed, self.convolution, self.classes) = (metrics, batch, seed, convolution, classes)
  }

  /// What is to be known of these settings before their results are believed.
  public var remarks: [String] {
    zip(attacks, attackNames).compactMap { choice, name in
      let short = epsilons.filter { choice.reach(in: Threat(choice.norm, radius: $0)) != nil }
      guard let last = short.last, let reach = choice.reach(in: Threat(choice.norm, radius: last)) else { return nil }
      return "The steps of '\(name)' together move no value by more than \(reach.text), so that it does not try all that is allowed at "
        + "\(short.map(\.text).joined(separator: ", ")): the accuracy there is an upper bound; use more steps, a larger 'step' or random_start: true."
    }
  }

  /// A name for each attack: its kind, and a number where an earlier one is of the same kind: `pgd`, `pgd-2`.
  var attackNames: [String] {
    attacks.indices.map { index in
      let kind = attacks[index].record.kind
      let earlier = attacks[..<index].count { $0.record.kind == kind }
      return earlier == 0 ? kind : "\(kind)-\(earlier + 1)"
    }
  }
}

extension EvaluationPlan {
  /// Reads the settings of the stage `evaluate`.
  init(_ settings: inout SettingsReader) throws {
    let splits = try settings.choices(
      "splits", of: Split.allCases.map(\.rawValue), default: ["train", "test"], "splits of the data set to measure")
    self.init(
      splits: splits.compactMap(Split.init(rawValue:)),
      limit: try settings.optionalInteger("limit", in: 1...100_000_000, "only the first so many images of each split"),
      attacks: try settings.attacks(
        "attacks", defaults: ["steps": 20], "attacks at each epsilon; an image must withstand all of them, and each is reported"),
      epsilons: try settings.values(
        "epsilons", default: [0, 2, 4, 8].map { Epsilon(onUnitScale: $0 / 255) }, "radii of the threat, on the [0, 1] pixel scale"),
      metrics: try settings.chooseList(
        "metrics", from: Metrics.all, default: [LocalLipschitz.self], "what else is measured, as a mean over the images"),
      batch: try settings.integer("batch", default: 100, in: 1...4096, "images at a time"),
      seed: try settings.integer("seed", default: 0, in: 0...Int.max, "seed of the attacks' random starts"),
      convolution: try ConvolutionMethod(&settings), classes: try settings.optionalTexts("classes", "only images of these classes"))
    if Set(self.splits).count != splits.count { throw settings.error(at: "splits", "a split is named twice") }
    if splits.isEmpty { throw settings.error(at: "splits", "name at least one split") }
    if classes?.isEmpty == true { throw settings.error(at: "classes", "name at least one class, or leave 'classes' out for all") }
    if Set(epsilons.map(\.text)).count != epsilons.count { throw settings.error(at: "epsilons", "an epsilon is named twice") }
    if epsilons.isEmpty { throw settings.error(at: "epsilons", "name at least one epsilon") }
    if attacks.isEmpty { throw settings.error(at: "attacks", "name at least one attack") }
    let keys = metrics.flatMap(\.quantities).map(\.key)
    if Set(keys).count != keys.count { throw settings.error(at: "metrics", "a metric is named twice") }
  }
}
