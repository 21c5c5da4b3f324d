import NN

/// Makes adversarial images.
public protocol Attack: Sendable {
  /// Images near `x` (N, H, W, 3), in [-1, 1], that the model is meant to get wrong.
  ///
  /// `watch` sees the class logits of every iterate before it is moved on; the last iterate is what comes back, unseen by `watch`.
  /// What it throws ends the attack.
  func perturbed(
    _ x: Tensor, _ labels: [Int], against model: DiscriminatorModel, _ stream: RandomStream, watch: (Tensor) throws -> Void
  ) rethrows -> Tensor
}

extension Attack {
  /// The same, watching nothing.
  public func perturbed(_ x: Tensor, _ labels: [Int], against model: DiscriminatorModel, _ stream: RandomStream) -> Tensor {
    perturbed(x, labels, against: model, stream, watch: { _ in })
  }
}

/// How strong an attack is.
public struct AttackParameters: Equatable, Sendable {
  public var epsilon: Epsilon
  public var step: Epsilon
  public var steps: Int
  /// Whether to start from a point uniform in the ball, clamped to [-1, 1], instead of the image itself.
  public var randomStart: Bool
  public var objective: AttackObjective

  public init(epsilon: Epsilon, step: Epsilon, steps: Int, randomStart: Bool, objective: AttackObjective) {
    self.epsilon = epsilon
    self.step = step
    self.steps = steps
    self.randomStart = randomStart
    self.objective = objective
  }
}

/// An attack one can name in a job file.
public struct AttackKind: Sendable {
  public let name: String
  /// The norm that bounds the perturbation, in the words of records.
  public let norm: String
  public let make: @Sendable (AttackParameters) -> any Attack

  init(name: String, norm: String, make: @escaping @Sendable (AttackParameters) -> any Attack) {
    self.name = name
    self.norm = norm
    self.make = make
  }
}

/// All attacks. A new one is one file and one line here.
public enum Attacks {
  public static let all: [AttackKind] = [
    pgd
  ]

  public static var names: [String] { all.map(\.name) }

  /// Nil for a name that is not among `names`.
  public static func named(_ name: String) -> AttackKind? { all.first { $0.name == name } }
}
