import Jobs
import NN

/// How robustness is measured: which splits, how many images, which perturbations, how strong the attacker is.
public struct EvaluationPlan: Sendable {
  public var splits: [Split]
  /// Names of the classes whose images are measured, as `ClassChoice` reads them; nil for all.
  public var classes: [String]?
  /// The first so many images of each split (of these classes); nil for all.
  public var limit: Int?
  public var attack: AttackKind
  public var epsilons: [Epsilon]
  public var steps: Int
  /// nil: 2.5 epsilon / steps.
  public var step: Epsilon?
  public var randomStart: Bool
  public var restarts: Int
  public var rule: IterateRule
  public var batch: Int
  public var seed: Int
  public var convolution: ConvolutionMethod

  public init(
    splits: [Split], limit: Int?, attack: AttackKind, epsilons: [Epsilon], steps: Int, step: Epsilon?, randomStart: Bool,
    restarts: Int, rule: IterateRule, batch: Int = 100, seed: Int = 0, convolution: ConvolutionMethod = .winograd,
    classes: [String]? = nil
  ) {
    self.splits = splits
    self.limit = limit
    self.attack = attack
    self.epsilons = epsilons.sorted()
    self.steps = steps
    self.step = step
    self.randomStart = randomStart
    self.restarts = restarts
    self.rule = rule
    self.batch = batch
    self.seed = seed
    self.convolution = convolution
    self.classes = classes
  }

  /// The attack at one size.
  func attack(of epsilon: Epsilon) -> any Attack {
    let ownStep = Epsilon.reachingStep(epsilon, steps: steps)
    return attack.make(
      AttackParameters(epsilon: epsilon, step: step ?? ownStep, steps: steps, randomStart: randomStart, objective: .class))
  }

  /// The attacker in the record's words.
  var json: JSON {
    .object([
      "kind": .string(attack.name), "norm": .string(attack.norm), "objective": .string(AttackObjective.class.rawValue),
      "steps": .integer(steps),
      "step": .string(step?.text ?? "2.5 epsilon / steps"), "random_start": .bool(randomStart), "restarts": .integer(restarts),
      "counted": .string(rule.words),
    ])
  }
}

extension EvaluationPlan {
  /// Reads the settings of the stage `evaluate`.
  init(_ settings: inout SettingsReader) throws {
    let words = try settings.choices("splits", of: Split.allCases.map(\.rawValue), default: ["train", "test"])
    let rules = IterateRule.allCases.map(\.rawValue)
    self.init(
      splits: words.compactMap(Split.init(rawValue:)), limit: try settings.optionalInteger("limit", in: 1...100_000_000),
      attack: try settings.section("attack") { try AttackKind(&$0) },
      epsilons: try settings.sizes("epsilons", default: [0, 2.0 / 255, 4.0 / 255, 8.0 / 255], in: 0...1).map(Epsilon.init),
      steps: try settings.integer("steps", default: 20, in: 1...10_000),
      step: try settings.optionalSize("step").map(Epsilon.init), randomStart: try settings.flag("random_start", default: true),
      restarts: try settings.integer("restarts", default: 1, in: 1...1000),
      rule: IterateRule(rawValue: try settings.choice("counted", of: rules, default: IterateRule.every.rawValue)) ?? .every,
      batch: try settings.integer("batch", default: 100, in: 1...4096), seed: try settings.integer("seed", default: 0, in: 0...Int.max),
      convolution: try ConvolutionMethod(&settings), classes: try settings.optionalTexts("classes"))
    if Set(splits).count != splits.count { throw settings.error(at: "splits", "a split is named twice") }
    if splits.isEmpty { throw settings.error(at: "splits", "name at least one split") }
    if classes?.isEmpty == true { throw settings.error(at: "classes", "name at least one class, or leave 'classes' out for all") }
    if Set(epsilons.map(\.text)).count != epsilons.count { throw settings.error(at: "epsilons", "a size is named twice") }
    if epsilons.isEmpty { throw settings.error(at: "epsilons", "name at least one size") }
  }
}
