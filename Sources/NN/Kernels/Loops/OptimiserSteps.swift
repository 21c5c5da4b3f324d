import NNKernels

extension KernelSet {
  public func adamStep(
    _ w: Target, _ g: Source, m: Target, v: Target, rate: Float, beta1: Float, beta2: Float, share1: Float, share2: Float, epsilon: Float,
    decay: Float,
    correction1: Float, correction2: Float, _ range: Range<Int>
  ) {
    let size = rate / correction1
    let root = correction2.squareRoot()
    for i in range {
      let negativeSlope = g[i] + decay * w[i]
      m[i] = beta1 * m[i] + share1 * negativeSlope
      v[i] = beta2 * v[i] + share2 * negativeSlope * negativeSlope
      w[i] -= size * m[i] / (v[i].squareRoot() / root + epsilon)
    }
  }

  public func momentumStep(
    _ w: Target, _ g: Source, velocity: Target, rate: Float, momentum: Float, decay: Float, _ range: Range<Int>
  ) {
    for i in range {
      velocity[i] = momentum * velocity[i] + (g[i] + decay * w[i])
      w[i] -= rate * velocity[i]
    }
  }

  public func signStep(
    _ x: Source, _ g: Source, step: Float, radius: Float, low: Float, high: Float, adversarial: Target, _ range: Range<Int>
  ) {
    for i in range {
      let sign: Float = g[i] > 0 ? 1 : (g[i] < 0 ? -1 : 0)
      var d = adversarial[i] + step * sign - x[i]
      d = d > radius ? radius : d
      d = d < -radius ? -radius : d
      var moved = x[i] + d
      moved = moved > high ? high : moved
      adversarial[i] = moved < low ? low : moved
    }
  }
}
