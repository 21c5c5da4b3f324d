import NNKernels

/// A register-blocked product of neighbouring pixels with a filter: `pixels` pixels by `vectors` vectors of output channels.
struct PatchBlock<let pixels: Int, let vectors: Int> {
  typealias Row = InlineArray<vectors, Vector>

  private var sums = InlineArray<pixels, Row>(repeating: Row(repeating: Vector(repeating: 0)))

  @inline(__always) init() {}

  /// Adds a (pixels, inner) times b (inner, columns), `step` numbers from pixel to pixel.
  @inline(__always)
  mutating func add(_ a: Source, step: Int, _ b: Source, inner: Int, columns: Int) {
    for k in 0..<inner {
      var weights = Row(repeating: Vector(repeating: 0))
      for j in 0..<vectors { weights[j] = Vector(at: b + k * columns + j * lanes) }
      for r in 0..<pixels {
        let x = Vector(repeating: a[r * step + k])
        for j in 0..<vectors { sums[r][j] = sums[r][j].plus(x, times: weights[j]) }
      }
    }
  }

  @inline(__always)
  func store(to y: Target, step: Int, _ finish: (Vector, _ pixel: Int, _ channel: Int) -> Vector) {
    for r in 0..<pixels { for j in 0..<vectors { finish(sums[r][j], r, j * lanes).store(to: y + r * step + j * lanes) } }
  }
}
