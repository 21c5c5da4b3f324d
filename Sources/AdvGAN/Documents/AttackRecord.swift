import Jobs

/// An attack in `evaluation.json`, `selection.json` and `attack --json`: its kind, the norm, and all settings of that kind as a job file has
/// them.
public struct AttackRecord: Codable, Equatable, Sendable {
  public var settings: [String: JSON]

  public init(_ settings: [String: JSON]) { self.settings = settings }

  public init(from decoder: any Decoder) throws { settings = try decoder.singleValueContainer().decode([String: JSON].self) }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(settings)
  }

  var kind: String { text("kind") ?? "" }
  /// `linf`.
  var norm: String { text("norm") ?? "" }
  /// On the [0, 1] pixel scale, `8/255`; nil where the record has several.
  var epsilon: String? { text("epsilon") }
  var objective: String? { text("objective") }
  var steps: Int? { settings["steps"]?.whole }
  /// A size on the [0, 1] pixel scale, or a rule: `2/255`, `2.5 epsilon / steps`.
  var step: String? { text("step") }
  var randomStart: Bool? { if case .bool(let flag)? = settings["random_start"] { flag } else { nil } }
  var restarts: Int? { settings["restarts"]?.whole }
  /// Which iterates count: `every` or `last`.
  var counted: String? { text("counted") }

  /// `PGD at 8/255`.
  var title: String { kind.uppercased() + (epsilon.map { " at \($0)" } ?? "") }

  private func text(_ key: String) -> String? { settings[key]?.text }
}
