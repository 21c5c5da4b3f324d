import NNKernels

extension CPUBackend {
  public func leakyReLU(_ x: Tensor, negativeSlope: Float) -> Tensor {
    elementwise(x.shape) { kernels.leakyReLU(x.source, negativeSlope: negativeSlope, into: $0, $1) }
  }

  public func leakyReLUGradient(_ x: Tensor, _ dy: Tensor, negativeSlope: Float) -> Tensor {
    requireEqual("leakyReLUGradient", x, dy)
    return elementwise(x.shape) { kernels.leakyReLUGradient(x.source, dy.source, negativeSlope: negativeSlope, into: $0, $1) }
  }

  public func tanh(_ x: Tensor) -> Tensor { elementwise(x.shape) { hyperbolicTangent(x.source, into: $0, $1) } }

  public func tanhGradient(_ y: Tensor, _ dy: Tensor) -> Tensor {
    requireEqual("tanhGradient", y, dy)
    return elementwise(y.shape) { kernels.tanhGradient(y.source, dy.source, into: $0, $1) }
  }

  public func sum(_ a: Tensor, _ b: Tensor) -> Tensor {
    requireEqual("sum", a, b)
    return elementwise(a.shape) { kernels.sum(a.source, b.source, into: $0, $1) }
  }

  public func scaled(_ x: Tensor, by factor: Float) -> Tensor { elementwise(x.shape) { kernels.scale(factor, x.source, into: $0, $1) } }

  public func add(_ x: Tensor, times factor: Float, to y: inout Tensor) {
    requireEqual("add", x, y)
    let out = y.target(copyingWith: pool)
    overElements(x.count) { kernels.addScaled(factor, x.source, to: out, $0) }
  }

  public func average(_ x: Tensor, keep: Float, into target: inout Tensor) {
    requireEqual("average", x, target)
    let out = target.target(copyingWith: pool)
    overElements(x.count) { kernels.average(x.source, keep: keep, into: out, $0) }
  }

  public func rowNorms(_ x: Tensor) -> [Double] {
    let size = x.count / max(x.shape[0], 1)
    return (0..<x.shape[0]).map { kernels.sumOfSquares(x.source, $0 * size..<($0 + 1) * size).squareRoot() }
  }

  public func adam(_ updates: inout [AdamUpdate], _ step: AdamStep) {
    let pieces = updates.indices.flatMap { piecesOfAdam(&updates[$0]) }
    workers.run(pieces.count) { index, _ in
      let piece = pieces[index]
      kernels.adamStep(
        piece.w, piece.gradient, m: piece.m, v: piece.v, rate: step.rate, beta1: step.beta1, beta2: step.beta2, share1: step.share1,
        share2: step.share2, epsilon: step.epsilon, decay: step.decay, correction1: step.correction1, correction2: step.correction2,
        piece.range)
    }
  }

  private struct AdamPiece {
    let w: Target, gradient: Source, m: Target, v: Target
    let range: Range<Int>
  }

  private func piecesOfAdam(_ update: inout AdamUpdate) -> [AdamPiece] {
    requireEqual("adam", update.w, update.gradient)
    requireEqual("adam", update.w, update.m)
    requireEqual("adam", update.w, update.v)
    let (w, m, v) = (update.w.target(copyingWith: pool), update.m.target(copyingWith: pool), update.v.target(copyingWith: pool))
    let (gradient, count, grain) = (update.gradient.source, update.w.count, 65_536)
    return stride(from: 0, to: count, by: grain).map { AdamPiece(w: w, gradient: gradient, m: m, v: v, range: $0..<min(count, $0 + grain)) }
  }

  public func momentum(_ w: inout Tensor, _ gradient: Tensor, _ velocity: inout Tensor, rate: Float, momentum: Float, decay: Float) {
    requireEqual("momentum", w, gradient)
    requireEqual("momentum", w, velocity)
    let (wp, vp) = (w.target(copyingWith: pool), velocity.target(copyingWith: pool))
    overElements(w.count) { kernels.momentumStep(wp, gradient.source, velocity: vp, rate: rate, momentum: momentum, decay: decay, $0) }
  }

  public func signStep(_ adversarial: inout Tensor, from x: Tensor, along gradient: Tensor, _ step: BallStep) {
    requireEqual("signStep", adversarial, x)
    requireEqual("signStep", adversarial, gradient)
    let out = adversarial.target(copyingWith: pool)
    overElements(x.count) {
      kernels.signStep(
        x.source, gradient.source, step: step.step, radius: step.radius, low: step.low, high: step.high, adversarial: out, $0)
    }
  }

  func requireEqual(_ operation: String, _ a: Tensor, _ b: Tensor) {
    precondition(a.shape == b.shape, "\(operation): shapes \(a.shape) and \(b.shape)")
  }
}
