/// One Adam step with bias correction, as PyTorch computes it:
/// g += decay * w;  m <- b1 m + (1 - b1) g;  v <- b2 v + (1 - b2) g^2;  w -= rate / (1 - b1^t) * m / (sqrt(v / (1 - b2^t)) + epsilon).
public func adamStep(
  _ w: Target, _ g: Source, m: Target, v: Target, rate: Float, beta1: Float, beta2: Float, share1: Float, share2: Float, epsilon: Float,
  decay: Float,
  correction1: Float, correction2: Float, _ range: Range<Int>
) {
  let size = rate / correction1
  let root = correction2.squareRoot()
  for i in range {
    let slope = g[i] + decay * w[i]
    m[i] = beta1 * m[i] + share1 * slope
    v[i] = beta2 * v[i] + share2 * slope * slope
    w[i] -= size * m[i] / (v[i].squareRoot() / root + epsilon)
  }
}

/// One step of gradient descent with momentum: g += decay * w;  velocity <- momentum * velocity + g;  w -= rate * velocity.
public func momentumStep(
  _ w: Target, _ g: Source, velocity: Target, rate: Float, momentum: Float, decay: Float, _ range: Range<Int>
) {
  for i in range {
    velocity[i] = momentum * velocity[i] + (g[i] + decay * w[i])
    w[i] -= rate * velocity[i]
  }
}

/// One step of projected gradient ascent in the L-infinity ball (paper eq. 2):
/// x' <- clamp(x + clamp(x' + step * sign(g) - x, -radius, radius), low, high), with sign(0) = 0.
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
