import Jobs
import NN

/// How robustness is measured: which splits, how many images, which perturbations, how strong the attacker is.
public struct EvaluationPlan: Sendable {
  public var splits: [Split]
  /// Names of the classes whose images are measured, as `ClassChoice` reads them; nil for all.
  public var classes: [String]?
  /// The first so many images of each split (of these classes); nil for all.
  public var limit: Int?
  public var attack: AttackChoice
  public var epsilons: [Epsilon]
  public var batch: Int
  public var seed: Int
  public var convolution: ConvolutionMethod

  public init(
    splits: [Split], limit: Int?, attack: AttackChoice, epsilons: [Epsilon], batch: Int = 100, seed: Int = 0,
    convolution: ConvolutionMethod = .winograd, classes: [String]? = nil
  ) {
    self.splits = splits
    self.limit = limit
    self.attack = attack
    self.epsilons = epsilons.sorted()
    self.batch = batch
    self.seed = seed
    self.convolution = convolution
    self.classes = classes
  }
}

extension EvaluationPlan {
  /// Reads the settings of the stage `evaluate`.
  init(_ settings: inout SettingsReader) throws {
    let splits = try settings.choices(
      "splits", of: Split.allCases.map(\.rawValue), default: ["train", "test"], "splits of the data set to measure")
    let limit = try settings.optionalInteger("limit", in: 1...100_000_000, "only the first so many images of each split")
    let attacks = try settings.attacks("attacks", defaults: ["steps": 20], "attacks that images must withstand; one for now")
    self.init(
      splits: splits.compactMap(Split.init(rawValue:)), limit: limit, attack: try Self.only(attacks, settings),
      epsilons: try settings.values(
        "epsilons", default: [0, 2, 4, 8].map { Epsilon(onUnitScale: $0 / 255) }, "radii of the threat, on the [0, 1] pixel scale"),
      batch: try settings.integer("batch", default: 100, in: 1...4096, "images at a time"),
      seed: try settings.integer("seed", default: 0, in: 0...Int.max, "seed of the attacks' random starts"),
      convolution: try ConvolutionMethod(&settings),
      classes: try settings.optionalTexts("classes", "only images of these classes"))
    if Set(self.splits).count != splits.count { throw settings.error(at: "splits", "a split is named twice") }
    if splits.isEmpty { throw settings.error(at: "splits", "name at least one split") }
    if classes?.isEmpty == true { throw settings.error(at: "classes", "name at least one class, or leave 'classes' out for all") }
    if Set(epsilons.map(\.text)).count != epsilons.count { throw settings.error(at: "epsilons", "an epsilon is named twice") }
    if epsilons.isEmpty { throw settings.error(at: "epsilons", "name at least one epsilon") }
  }

  private static func only(_ attacks: [AttackChoice], _ settings: SettingsReader) throws -> AttackChoice {
    guard attacks.count == 1 else {
      throw settings.error(at: "attacks", "'attacks' takes one attack, found \(attacks.count); make a stage for each")
    }
    return attacks[0]
  }
}
