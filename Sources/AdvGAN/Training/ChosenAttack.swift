import Jobs

/// An attack as a job file names it.
struct ChosenAttack: Sendable {
  let kind: AttackKind
  let parameters: AttackParameters

  var attack: any Attack { kind.make(parameters) }

  /// Reads `steps`, `kind`, `epsilon`, `step`, `random_start` and, where `objective` is given a default, `objective`.
  ///
  /// `step` omitted is what `defaultStep` makes of epsilon and steps. 0 steps
  /// switch the attack off: nil, and no other setting is read.
  init?(
    _ settings: inout SettingsReader, steps defaultSteps: Int, epsilon defaultEpsilon: Double,
    step defaultStep: (Epsilon, Int) -> Epsilon = Epsilon.reachingStep,
    randomStart defaultStart: Bool, objective defaultObjective: AttackObjective? = nil
  ) throws {
    let steps = try settings.integer("steps", default: defaultSteps, in: 0...10_000)
    guard steps > 0 else { return nil }
    kind = try AttackKind(&settings)
    let epsilon = try settings.size("epsilon", default: defaultEpsilon, in: 0...1)
    let step = try settings.size("step", default: defaultStep(Epsilon(onUnitScale: epsilon), steps).onUnitScale, in: 0...1)
    let start = try settings.flag("random_start", default: defaultStart)
    var objective = AttackObjective.class
    if let defaultObjective {
      let word = try settings.choice("objective", of: AttackObjective.allCases.map(\.rawValue), default: defaultObjective.rawValue)
      objective = AttackObjective(rawValue: word) ?? defaultObjective
    }
    parameters = AttackParameters(
      epsilon: Epsilon(onUnitScale: epsilon), step: Epsilon(onUnitScale: step), steps: steps, randomStart: start,
      objective: objective)
  }

  /// The attack in words that records and reports share.
  func json(counted rule: IterateRule) -> JSON {
    .object([
      "kind": .string(kind.name), "norm": .string(kind.norm), "objective": .string(parameters.objective.rawValue),
      "steps": .integer(parameters.steps), "step": .string(parameters.step.text), "epsilon": .string(parameters.epsilon.text),
      "random_start": .bool(parameters.randomStart), "counted": .string(rule.words),
    ])
  }
}

extension AttackKind {
  /// Reads `kind`.
  init(_ settings: inout SettingsReader) throws {
    let name = try settings.choice("kind", of: Attacks.names, default: Attacks.pgd.name)
    self = Attacks.named(name) ?? Attacks.pgd
  }
}

/// The two ways of doing the method: sound, or as the authors' code does it (docs/deviations.md).
enum Preset: String, CaseIterable {
  case corrected
  case asPublished = "as-published"

  init(_ settings: inout SettingsReader) throws {
    let word = try settings.choice("preset", of: Preset.allCases.map(\.rawValue), default: Preset.corrected.rawValue)
    self = Preset(rawValue: word) ?? .corrected
  }
}
