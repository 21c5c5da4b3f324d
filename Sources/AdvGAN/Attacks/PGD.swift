import NN

/// Makes adversarial pictures.
public protocol Attack: Sendable {
  /// Pictures near `x` (N, H, W, 3), in [-1, 1], that the model is meant to get wrong.
  ///
  /// `watch` sees the class logits of every candidate before it is moved on; the last candidate is what comes back, unseen by `watch`.
  func perturbed(
    _ x: Tensor, _ labels: [Int], against model: DiscriminatorModel, _ stream: RandomStream, watch: (Tensor) -> Void
  ) -> Tensor
}

/// Projected gradient ascent on the sign of the gradient in the L-infinity ball (paper eq. 2; Madry et al. 2017).
public struct PGD: Attack, Equatable {
  public var epsilon: PerturbationSize
  public var step: PerturbationSize
  public var steps: Int
  /// Whether to start from a point uniform in the ball, clamped to [-1, 1], instead of the picture itself.
  public var randomStart: Bool
  public var objective: AttackObjective

  public init(epsilon: PerturbationSize, step: PerturbationSize, steps: Int, randomStart: Bool, objective: AttackObjective) {
    self.epsilon = epsilon
    self.step = step
    self.steps = steps
    self.randomStart = randomStart
    self.objective = objective
  }

  public func perturbed(
    _ x: Tensor, _ labels: [Int], against model: DiscriminatorModel, _ stream: RandomStream, watch: (Tensor) -> Void
  ) -> Tensor {
    let move = BallStep(step: Float(step.onPaperScale), radius: Float(epsilon.onPaperScale))
    var candidate = start(x, model.backend, stream)
    for _ in 0..<steps {
      let slope = model.slope(of: candidate, labels, objective)
      watch(slope.classLogits)
      model.backend.signStep(&candidate, from: x, along: slope.gradient, move)
    }
    return candidate
  }

  private func start(_ x: Tensor, _ backend: any Backend, _ stream: RandomStream) -> Tensor {
    guard randomStart, steps > 0 else { return x }
    var own = stream
    let radius = Float(epsilon.onPaperScale)
    var candidate = backend.sum(x, backend.uniform(x.shape, low: -radius, high: radius, &own))
    // A step of size 0 only projects into the ball and the range.
    backend.signStep(&candidate, from: x, along: x, BallStep(step: 0, radius: radius))
    return candidate
  }
}

extension Attack {
  /// The same, watching nothing.
  public func perturbed(_ x: Tensor, _ labels: [Int], against model: DiscriminatorModel, _ stream: RandomStream) -> Tensor {
    perturbed(x, labels, against: model, stream, watch: { _ in })
  }
}
