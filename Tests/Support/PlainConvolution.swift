import NN

/// A convolution and what surrounds it by the sums that define them, in Double: y = halve(w * repeat(ReLU(x)) + b) + (repeated) residual, for
/// stride 1 and an odd kernel that keeps the size.
public struct PlainConvolution: Sendable {
  /// Result and gradients of sum(y * dy).
  public let y: StateTensor, dx: StateTensor, dw: StateTensor

  public init(_ x: Tensor, _ w: Tensor, bias: Tensor?, residual: Tensor?, dy: Tensor, _ shape: ConvolutionShape) {
    precondition(shape.stride == 1 && shape.kernel == 2 * shape.padding + 1, "PlainConvolution: \(shape)")
    let negativeSlope = shape.negativeSlope.map(Double.init)
    let activated = Images(x).mapped { number in negativeSlope.map { number > 0 ? number : $0 * number } ?? number }
    let read = shape.upsamples ? activated.repeated() : activated
    var whole = read.convolved(with: w)
    if let bias { whole.add(bias.values) }
    var y = shape.halves ? whole.halved() : whole
    if let residual { y.add(shape.repeatsResidual ? Images(residual).repeated().rounded.values : residual.values) }

    let spread = shape.halves ? Images(dy).spread(like: whole) : Images(dy)
    (self.y, dw) = (y.rounded, read.weightGradient(spread, like: w))
    var dx = read.inputGradient(spread, w)
    if shape.upsamples { dx = dx.summed() }
    if let negativeSlope { for (place, number) in x.values.enumerated() where !(number > 0) { dx.values[place] *= negativeSlope } }
    self.dx = dx.rounded
  }
}

/// A batch of images (N, H, W, C) in Double.
private struct Images {
  let n: Int, h: Int, w: Int, c: Int
  var values: [Double]

  init(_ x: Tensor) {
    self.init(x.shape[0], x.shape[1], x.shape[2], x.shape[3])
    values = x.values.map(Double.init)
  }

  init(_ n: Int, _ h: Int, _ w: Int, _ c: Int) {
    (self.n, self.h, self.w, self.c) = (n, h, w, c)
    values = [Double](repeating: 0, count: n * h * w * c)
  }

  var rounded: StateTensor { StateTensor(shape: [n, h, w, c], values: values.map { Float($0) }) }

  func mapped(_ change: (Double) -> Double) -> Images {
    var changed = self
    changed.values = values.map(change)
    return changed
  }

  /// Numbers of as many, or of one pixel for all.
  mutating func add(_ more: [Float]) { for i in values.indices { values[i] += Double(more[i % more.count]) } }

  /// Every pixel 2 x 2 times.
  func repeated() -> Images { Images(n, 2 * h, 2 * w, c).joined(self) { $0 = $1 } }

  /// A quarter to each of 2 x 2 pixels of images of another one's size; what an odd size leaves over gets nothing.
  func spread(like other: Images) -> Images { other.mapped { _ in 0 }.joined(self) { $0 = $1 / 4 } }

  /// The sum, or a quarter of it, over 2 x 2 pixels.
  func summed() -> Images {
    var sums = Images(n, h / 2, w / 2, c)
    for place in Places(h: 2 * sums.h, w: 2 * sums.w, self, sums) { sums.values[place.small] += values[place.large] }
    return sums
  }

  func halved() -> Images { summed().mapped { $0 / 4 } }

  private func joined(_ small: Images, _ change: (inout Double, Double) -> Void) -> Images {
    var large = self
    for place in Places(h: 2 * small.h, w: 2 * small.w, self, small) { change(&large.values[place.large], small.values[place.small]) }
    return large
  }

  func convolved(with filter: Tensor) -> Images {
    var y = Images(n, h, w, filter.shape[3])
    let weights = filter.values
    y.values.withUnsafeMutableBufferPointer { y in
      overTaps(filter.shape) { from, to, weight, c, k in
        for i in 0..<c { for o in 0..<k { y[to + o] += values[from + i] * Double(weights[weight + i * k + o]) } }
      }
    }
    return y
  }

  func inputGradient(_ dy: Images, _ filter: Tensor) -> Images {
    var dx = mapped { _ in 0 }
    let weights = filter.values
    dx.values.withUnsafeMutableBufferPointer { dx in
      overTaps(filter.shape) { from, to, weight, c, k in
        for i in 0..<c { for o in 0..<k { dx[from + i] += dy.values[to + o] * Double(weights[weight + i * k + o]) } }
      }
    }
    return dx
  }

  func weightGradient(_ dy: Images, like filter: Tensor) -> StateTensor {
    var dw = [Double](repeating: 0, count: filter.count)
    dw.withUnsafeMutableBufferPointer { dw in
      overTaps(filter.shape) { from, to, weight, c, k in
        for i in 0..<c { for o in 0..<k { dw[weight + i * k + o] += values[from + i] * dy.values[to + o] } }
      }
    }
    return StateTensor(shape: filter.shape, values: dw.map { Float($0) })
  }

  /// Where the numbers of an input pixel, of the output pixel it counts for, and of the weights between them start.
  private func overTaps(_ filter: [Int], _ body: (_ from: Int, _ to: Int, _ weight: Int, _ c: Int, _ k: Int) -> Void) {
    let (taps, k) = (filter[0], filter[3])
    for i in 0..<n {
      for y in 0..<h {
        for x in 0..<w {
          for tap in 0..<taps * taps {
            let (row, column) = (y + tap / taps - taps / 2, x + tap % taps - taps / 2)
            guard row >= 0, row < h, column >= 0, column < w else { continue }
            body(((i * h + row) * w + column) * c, ((i * h + y) * w + x) * k, tap * c * k, c, k)
          }
        }
      }
    }
  }
}

/// The numbers of images' first rows and columns, and where images of half the size have theirs.
private struct Places: Sequence {
  let h: Int, w: Int, large: Images, small: Images

  init(h: Int, w: Int, _ large: Images, _ small: Images) { (self.h, self.w, self.large, self.small) = (h, w, large, small) }

  func makeIterator() -> AnyIterator<(large: Int, small: Int)> {
    var next = 0
    let (c, count) = (large.c, large.n * h * w * large.c)
    return AnyIterator {
      guard next < count else { return nil }
      defer { next += 1 }
      let (j, x, y, i) = (next % c, next / c % w, next / c / w % h, next / c / w / h)
      return (((i * large.h + y) * large.w + x) * c + j, ((i * small.h + y / 2) * small.w + x / 2) * c + j)
    }
  }
}
