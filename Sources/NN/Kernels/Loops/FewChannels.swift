import NNKernels

extension KernelSet {
  public func convolveThreeToMany(
    _ x: Source, height: Int, width: Int, rows: Range<Int>, _ w: Source, outputs: Int, bias: Source?, gate: Source?, gateNegativeSlope: Float,
    into y: Target, scratch: Target
  ) {
    FewChannels.spread(
      x, height: height, width: width, rows: rows, w, outputs: outputs, bias: bias, gate: gate, gateNegativeSlope: gateNegativeSlope, into: y,
      scratch: scratch)
  }

  public func convolveManyToThree(
    _ x: Source, height: Int, width: Int, inputs: Int, rows: Range<Int>, _ w: Source, negativeSlope: Float?, bias: Source?, into y: Target,
    scratch: Target
  ) {
    FewChannels.gather(
      x, height: height, width: width, inputs: inputs, rows: rows, w, negativeSlope: negativeSlope, bias: bias, into: y, scratch: scratch)
  }

  public func threeToManyWeightGradient(
    _ x: Source, _ dy: Source, height: Int, width: Int, outputs: Int, negativeSlope: Float?, into sums: Target, scratch: Target
  ) {
    FewChannels.spreadWeightGradient(x, dy, height: height, width: width, outputs: outputs, negativeSlope: negativeSlope, into: sums, scratch: scratch)
  }
}

/// 3 x 3 convolutions between images of three channels and many channels: the first and the last layer of the networks.
enum FewChannels {
  /// y (rows, W, K) = w (3, 3, 3, K) * x of output rows `rows` of one image x (H, W, 3), plus bias, through a gate.
  ///
  /// `gate` and `y` start at the first of the rows. `scratch`: (rows + 2) (W + 2) 3 numbers.
  static func spread(
    _ x: Source, height: Int, width: Int, rows: Range<Int>, _ w: Source, outputs k: Int, bias: Source?, gate: Source?, gateNegativeSlope: Float,
    into y: Target, scratch: Target
  ) {
    let line = (width + 2) * 3
    pad(x, height: height, width: width, rows: rows.lowerBound - 1..<rows.upperBound + 1, into: scratch)
    for r in 0..<rows.count {
      let out = y + r * width * k
      let seen = gate.map { $0 + r * width * k }
      for o in stride(from: 0, to: k, by: lanes * vectorsPerBlock(outputs: k)) {
        var pixel = 0
        while pixel < width {
          let from = scratch + r * line + pixel * 3
          let to = out + pixel * k + o
          let through = seen.map { $0 + pixel * k + o }
          let shift = bias.map { $0 + o }
          if vectorsPerBlock(outputs: k) == 2, pixel + 8 <= width {
            spread8(from, line: line, w + o, k, shift, through, gateNegativeSlope, to)
            pixel += 8
          } else {
            for v in 0..<vectorsPerBlock(outputs: k) {
              let n = v * lanes
              spread1(from, line: line, w + o + n, k, shift.map { $0 + n }, through.map { $0 + n }, gateNegativeSlope, to + n)
            }
            pixel += 1
          }
        }
      }
    }
  }

  @inline(__always) private static func spread8(
    _ x: Source, line: Int, _ w: Source, _ k: Int, _ bias: Source?, _ gate: Source?, _ negativeSlope: Float, _ y: Target
  ) {
    #if AVX512
      var block = PatchBlock<8, 2>()
      for ky in 0..<3 { block.add(x + ky * line, step: 3, w + ky * 9 * k, inner: 9, columns: k) }
      block.store(to: y, step: k) { finished($0, bias, gate, negativeSlope, $1 * k + $2, $2) }
    #else
      for half in 0..<2 {
        var block = PatchBlock<4, 2>()
        for ky in 0..<3 { block.add(x + ky * line + half * 12, step: 3, w + ky * 9 * k, inner: 9, columns: k) }
        block.store(to: y + half * 4 * k, step: k) { finished($0, bias, gate, negativeSlope, (half * 4 + $1) * k + $2, $2) }
      }
    #endif
  }

  @inline(__always) private static func spread1(
    _ x: Source, line: Int, _ w: Source, _ k: Int, _ bias: Source?, _ gate: Source?, _ negativeSlope: Float, _ y: Target
  ) {
    var block = PatchBlock<1, 1>()
    for ky in 0..<3 { block.add(x + ky * line, step: 3, w + ky * 9 * k, inner: 9, columns: k) }
    block.store(to: y, step: k) { finished($0, bias, gate, negativeSlope, $1 * k + $2, $2) }
  }

  @inline(__always)
  private static func finished(_ o: Vector, _ bias: Source?, _ gate: Source?, _ negativeSlope: Float, _ at: Int, _ channel: Int) -> Vector {
    var y = o
    if let bias { y = y + Vector(at: bias + channel) }
    if let gate { y = y.gated(by: Vector(at: gate + at), negativeSlope: Vector(repeating: negativeSlope)) }
    return y
  }

  /// Rows of an image of three channels with a zero pixel at both ends; rows outside are zero.
  private static func pad(_ x: Source, height: Int, width: Int, rows: Range<Int>, into padded: Target) {
    let line = (width + 2) * 3
    for (r, row) in rows.enumerated() {
      let to = padded + r * line
      if row < 0 || row >= height {
        for i in 0..<line { to[i] = 0 }
        continue
      }
      let from = x + row * width * 3
      for i in 0..<3 {
        to[i] = 0
        to[line - 3 + i] = 0
      }
      for i in 0..<3 * width { to[3 + i] = from[i] }
    }
  }

  /// Columns that the nine taps of three outputs take, rounded up to whole blocks.
  static let columns = 32

  /// y (rows, W, 3) = w * ReLU(x) of output rows `rows` of one image x (H, W, C), plus bias.
  ///
  /// w: (C, 32), column 3 tap + o for output o. `scratch`: (rows + 2) W 32 + W C numbers.
  static func gather(
    _ x: Source, height: Int, width: Int, inputs c: Int, rows: Range<Int>, _ w: Source, negativeSlope: Float?, bias: Source?,
    into y: Target, scratch: Target
  ) {
    let first = max(0, rows.lowerBound - 1)
    let last = min(height, rows.upperBound + 1)
    let products = scratch
    let line = scratch + (rows.count + 2) * width * columns
    for row in first..<last {
      var from = x + row * width * c
      if let negativeSlope {
        leakyReLULine(from, count: width * c, negativeSlope: negativeSlope, into: line)
        from = Source(line)
      }
      project(from, pixels: width, inputs: c, w, into: products + (row - first) * width * columns)
    }
    for row in rows {
      for pixel in 0..<width {
        var sum = SIMD3<Float>(repeating: 0)
        if let bias { sum = SIMD3(bias[0], bias[1], bias[2]) }
        for ky in max(0, 1 - row)..<min(3, height + 1 - row) {
          for kx in max(0, 1 - pixel)..<min(3, width + 1 - pixel) {
            let p = products + ((row + ky - 1 - first) * width + pixel + kx - 1) * columns + (ky * 3 + kx) * 3
            sum += SIMD3(p[0], p[1], p[2])
          }
        }
        let out = y + ((row - rows.lowerBound) * width + pixel) * 3
        out[0] = sum[0]
        out[1] = sum[1]
        out[2] = sum[2]
      }
    }
  }

  @inline(never) private static func leakyReLULine(_ x: Source, count: Int, negativeSlope: Float, into y: Target) {
    let factor = Vector(repeating: negativeSlope)
    for i in stride(from: 0, to: count, by: lanes) {
      let v = Vector(at: x + i)
      v.gated(by: v, negativeSlope: factor).store(to: y + i)
    }
  }

  /// p (pixels, 32) = x (pixels, C) w (C, 32).
  private static func project(_ x: Source, pixels: Int, inputs c: Int, _ w: Source, into p: Target) {
    for o in stride(from: 0, to: columns, by: 2 * lanes) {
      var pixel = 0
      #if AVX512
        while pixel + 8 <= pixels {
          var block = PatchBlock<8, 2>()
          block.add(x + pixel * c, step: c, w + o, inner: c, columns: columns)
          block.store(to: p + pixel * columns + o, step: columns) { value, _, _ in value }
          pixel += 8
        }
      #endif
      while pixel + 4 <= pixels {
        var block = PatchBlock<4, 2>()
        block.add(x + pixel * c, step: c, w + o, inner: c, columns: columns)
        block.store(to: p + pixel * columns + o, step: columns) { value, _, _ in value }
        pixel += 4
      }
      while pixel < pixels {
        var block = PatchBlock<1, 2>()
        block.add(x + pixel * c, step: c, w + o, inner: c, columns: columns)
        block.store(to: p + pixel * columns + o, step: columns) { value, _, _ in value }
        pixel += 1
      }
    }
  }

  /// sums (27, K) += the weight gradient of `spread` over one image: x (H, W, 3), dy (H, W, K), the latter activated on request.
  ///
  /// `scratch`: (H + 2) (W + 2) 3 numbers.
  static func spreadWeightGradient(
    _ x: Source, _ dy: Source, height: Int, width: Int, outputs k: Int, negativeSlope: Float?, into sums: Target, scratch: Target
  ) {
    let line = (width + 2) * 3
    pad(x, height: height, width: width, rows: -1..<height + 1, into: scratch)
    let factor = Vector(repeating: negativeSlope ?? 1)
    for row in 0..<height {
      for o in stride(from: 0, to: k, by: lanes) {
        for ky in 0..<3 {
          nineTaps(
            scratch + (row + ky) * line, dy + row * width * k + o, width: width, step: k, hasReLU: negativeSlope != nil, factor,
            into: sums + ky * 9 * k + o)
        }
      }
    }
  }

  /// sums (9, K) of one vector of channels: over a row, nine neighbouring numbers of the padded image by the gradient.
  @inline(never) private static func nineTaps(
    _ x: Source, _ dy: Source, width: Int, step k: Int, hasReLU: Bool, _ negativeSlope: Vector, into sums: Target
  ) {
    var totals = InlineArray<9, Vector>(repeating: Vector(repeating: 0))
    for t in 0..<9 { totals[t] = Vector(at: sums + t * k) }
    for pixel in 0..<width {
      var given = Vector(at: dy + pixel * k)
      if hasReLU { given = given.gated(by: given, negativeSlope: negativeSlope) }
      for t in 0..<9 { totals[t] = totals[t].plus(given, times: x[pixel * 3 + t]) }
    }
    for t in 0..<9 { totals[t].store(to: sums + t * k) }
  }
}

/// A register-blocked product of neighbouring pixels with a filter: `pixels` pixels by `vectors` vectors of output channels.
struct PatchBlock<let pixels: Int, let vectors: Int> {
  typealias Row = InlineArray<vectors, Vector>

  private var sums = InlineArray<pixels, Row>(repeating: Row(repeating: Vector(repeating: 0)))

  @inline(__always) init() {}

  /// Adds a (pixels, inner) times b (inner, columns), `step` numbers from pixel to pixel.
  @inline(__always) mutating func add(_ a: Source, step: Int, _ b: Source, inner: Int, columns: Int) {
    for k in 0..<inner {
      var weights = Row(repeating: Vector(repeating: 0))
      for j in 0..<vectors { weights[j] = Vector(at: b + k * columns + j * lanes) }
      for r in 0..<pixels {
        let x = Vector(repeating: a[r * step + k])
        for j in 0..<vectors { sums[r][j] = sums[r][j].plus(x, times: weights[j]) }
      }
    }
  }

  @inline(__always) func store(to y: Target, step: Int, _ finish: (Vector, _ pixel: Int, _ channel: Int) -> Vector) {
    for r in 0..<pixels { for j in 0..<vectors { finish(sums[r][j], r, j * lanes).store(to: y + r * step + j * lanes) } }
  }
}
