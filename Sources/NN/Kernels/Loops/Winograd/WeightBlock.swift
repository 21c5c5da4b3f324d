import NNKernels

/// A register-blocked sum of outer products over tiles: `rows` input channels by `vectors` vectors of output channels.
enum WeightBlock<let rows: Int, let vectors: Int> {
  private typealias Row = InlineArray<vectors, Vector>

  /// sum += aT b over `count` tiles; where `isFresh`, sum = aT b.
  ///
  /// a: [tile][lanes], from the first of `rows` neighbouring channels; b: [vector][tile][lanes], `bStride` numbers a vector;
  /// sum: `rows` rows of `sumStride` numbers.
  @inline(__always)
  static func accumulate(_ a: Source, _ b: Source, bStride: Int, count: Int, isFresh: Bool, into sum: Target, sumStride: Int) {
    var sums = InlineArray<rows, Row>(repeating: Row(repeating: Vector(repeating: 0)))
    if !isFresh { for r in 0..<rows { for j in 0..<vectors { sums[r][j] = Vector(at: sum + r * sumStride + j * lanes) } } }
    var a = a
    var b = b
    for _ in 0..<count {
      var gradients = Row(repeating: Vector(repeating: 0))
      for j in 0..<vectors { gradients[j] = Vector(at: b + j * bStride) }
      for r in 0..<rows {
        let x = Vector(repeating: a[r])
        for j in 0..<vectors { sums[r][j] = sums[r][j].plus(x, times: gradients[j]) }
      }
      a += lanes
      b += lanes
    }
    for r in 0..<rows { for j in 0..<vectors { sums[r][j].store(to: sum + r * sumStride + j * lanes) } }
  }
}
