import NNKernels

extension KernelSet {
  public func poolSum(_ x: Source, height: Int, width: Int, channels c: Int, k: Int, factor: Float, into y: Target) {
    let oh = height / k
    let ow = width / k
    for oy in 0..<oh {
      for ox in 0..<ow {
        let out = y + (oy * ow + ox) * c
        for j in 0..<c { out[j] = 0 }
        for dy in 0..<k {
          for dx in 0..<k {
            let from = x + ((oy * k + dy) * width + ox * k + dx) * c
            for j in 0..<c { out[j] += from[j] }
          }
        }
        for j in 0..<c { out[j] *= factor }
      }
    }
  }

  public func spread(
    _ x: Source, height: Int, width: Int, channels c: Int, k: Int, factor: Float, into y: Target, outHeight: Int, outWidth: Int
  ) {
    for oy in 0..<outHeight {
      for ox in 0..<outWidth {
        let out = y + (oy * outWidth + ox) * c
        let iy = oy / k
        let ix = ox / k
        if iy < height, ix < width {
          let from = x + (iy * width + ix) * c
          for j in 0..<c { out[j] = factor * from[j] }
        } else {
          for j in 0..<c { out[j] = 0 }
        }
      }
    }
  }

  public func addSpread(_ x: Source, height: Int, width: Int, channels c: Int, k: Int, factor: Float, to y: Target, outWidth: Int) {
    for oy in 0..<height * k {
      for ox in 0..<width * k {
        let to = y + (oy * outWidth + ox) * c
        let from = x + (oy / k * width + ox / k) * c
        for j in 0..<c { to[j] += factor * from[j] }
      }
    }
  }

  public func poolMaximum(_ x: Source, height: Int, width: Int, channels c: Int, into y: Target) {
    let oh = height / 2
    let ow = width / 2
    for oy in 0..<oh {
      for ox in 0..<ow {
        let a = x + (2 * oy * width + 2 * ox) * c
        let b = a + c
        let d = a + width * c
        let e = d + c
        let out = y + (oy * ow + ox) * c
        for j in 0..<c { out[j] = larger(larger(a[j], b[j]), larger(d[j], e[j])) }
      }
    }
  }

  public func poolMaximumGradient(_ x: Source, _ dy: Source, height: Int, width: Int, channels c: Int, into dx: Target) {
    let oh = height / 2
    let ow = width / 2
    dx.update(repeating: 0, count: height * width * c)
    for oy in 0..<oh {
      for ox in 0..<ow {
        let first = (2 * oy * width + 2 * ox) * c
        let places = SIMD4<Int>(first, first + c, first + width * c, first + width * c + c)
        let given = dy + (oy * ow + ox) * c
        for j in 0..<c {
          var best = 0
          for tap in 1..<4 {
            let number = x[places[tap] + j]
            if number > x[places[best] + j] || number != number { best = tap }
          }
          dx[places[best] + j] = given[j]
        }
      }
    }
  }

  public func poolAll(_ x: Source, pixels: Int, channels c: Int, into y: Target) {
    for j in 0..<c { y[j] = 0 }
    for p in 0..<pixels {
      let from = x + p * c
      for j in 0..<c { y[j] += from[j] }
    }
  }

  public func poolAllGradient(_ dy: Source, pixels: Int, channels c: Int, into dx: Target) {
    for p in 0..<pixels { (dx + p * c).update(from: dy, count: c) }
  }
}

/// The larger of two numbers, NaN being larger than any.
@inline(__always) private func larger(_ a: Float, _ b: Float) -> Float { a > b || a != a ? a : b }
