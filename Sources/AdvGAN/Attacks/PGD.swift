import NN

extension Attacks {
  /// Projected gradient ascent in the L-infinity ball.
  static let pgd = AttackKind(name: "pgd", norm: "linf") { PGD($0) }
}

/// Projected gradient ascent on the sign of the gradient in the L-infinity ball (paper eq. 2; Madry et al. 2017).
public struct PGD: Attack, Equatable {
  public var parameters: AttackParameters

  public init(_ parameters: AttackParameters) { self.parameters = parameters }

  public func perturbed(
    _ x: Tensor, _ labels: [Int], against model: DiscriminatorModel, _ stream: RandomStream, watch: (Tensor) throws -> Void
  ) rethrows -> Tensor {
    let update = BallStep(step: Float(parameters.step.onPaperScale), radius: Float(parameters.epsilon.onPaperScale))
    var iterate = start(x, model.backend, stream)
    for _ in 0..<parameters.steps {
      let (gradient, logits) = model.inputGradient(of: iterate, labels, parameters.objective)
      try watch(logits)
      model.backend.signStep(&iterate, from: x, along: gradient, update)
    }
    return iterate
  }

  private func start(_ x: Tensor, _ backend: any Backend, _ stream: RandomStream) -> Tensor {
    guard parameters.randomStart, parameters.steps > 0 else { return x }
    var own = stream
    let radius = Float(parameters.epsilon.onPaperScale)
    var iterate = backend.sum(x, backend.uniform(x.shape, low: -radius, high: radius, &own))
    // A step of size 0 only projects into the ball and the range.
    backend.signStep(&iterate, from: x, along: x, BallStep(step: 0, radius: radius))
    return iterate
  }
}
