import NNKernels

extension KernelSet {
  public func addScaled(_ a: Float, _ x: Source, to y: Target, _ range: Range<Int>) {
    for i in range { y[i] += a * x[i] }
  }

  public func scale(_ a: Float, _ x: Source, into y: Target, _ range: Range<Int>) {
    for i in range { y[i] = a * x[i] }
  }

  public func sum(_ a: Source, _ b: Source, into y: Target, _ range: Range<Int>) {
    for i in range { y[i] = a[i] + b[i] }
  }

  public func average(_ x: Source, keep: Float, into target: Target, _ range: Range<Int>) {
    let share = 1 - keep
    for i in range { target[i] = keep * target[i] + share * x[i] }
  }

  public func leakyReLU(_ x: Source, negativeSlope: Float, into y: Target, _ range: Range<Int>) {
    for i in range { y[i] = x[i] > 0 ? x[i] : negativeSlope * x[i] }
  }

  public func leakyReLUGradient(_ x: Source, _ dy: Source, negativeSlope: Float, into dx: Target, _ range: Range<Int>) {
    for i in range { dx[i] = x[i] > 0 ? dy[i] : negativeSlope * dy[i] }
  }

  public func tanhGradient(_ y: Source, _ dy: Source, into dx: Target, _ range: Range<Int>) {
    for i in range { dx[i] = dy[i] * (1 - y[i] * y[i]) }
  }

  public func addBias(_ bias: Source, columns: Int, to y: Target, rows: Range<Int>) {
    for row in rows {
      let line = y + row * columns
      for j in 0..<columns { line[j] += bias[j] }
    }
  }

  public func addColumns(_ y: Source, columns: Int, rows: Range<Int>, to sums: Target) {
    for row in rows {
      let line = y + row * columns
      for j in 0..<columns { sums[j] += line[j] }
    }
  }

  public func sumOfSquares(_ x: Source, _ range: Range<Int>) -> Double {
    var total = 0.0
    var start = range.lowerBound
    while start < range.upperBound {
      let end = min(start + 256, range.upperBound)
      var lanes = SIMD8<Float>(repeating: 0)
      var i = start
      while i + 8 <= end {
        let v = UnsafeRawPointer(x + i).loadUnaligned(as: SIMD8<Float>.self)
        lanes += v * v
        i += 8
      }
      while i < end {
        lanes[0] += x[i] * x[i]
        i += 1
      }
      for lane in 0..<8 { total += Double(lanes[lane]) }
      start = end
    }
    return total
  }
}

extension KernelSet {
  public func adamStep(
    _ w: Target, _ g: Source, m: Target, v: Target, rate: Float, beta1: Float, beta2: Float, share1: Float, share2: Float, epsilon: Float,
    decay: Float, correction1: Float, correction2: Float, _ range: Range<Int>
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

  public func momentumStep(_ w: Target, _ g: Source, velocity: Target, rate: Float, momentum: Float, decay: Float, _ range: Range<Int>) {
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
