import NNKernels

/// The one-dimensional transforms of F(4, 3) with the points 0, 1, -1, 2, -2 and infinity (Lavin and Gray 2015, Sec. 4.3), on
/// vectors of channels.
enum Winograd {
  typealias Six = InlineArray<6, Vector>
  typealias Four = InlineArray<4, Vector>
  typealias Three = InlineArray<3, Vector>

  /// Products of a tile: 6 x 6.
  static let products = 36

  /// Whether row or column 2 holds a product: those that repeated inputs and summed outputs leave out.
  @inline(__always) static func isSkipped(_ product: Int, _ isReduced: Bool) -> Bool { isReduced && (product / 6 == 2 || product % 6 == 2) }

  /// BT d of six input pixels.
  @inline(__always) static func input(_ d: Six) -> Six {
    let p = d[4].plus(d[2], times: -4)
    let q = d[3].plus(d[1], times: -4)
    let r = d[4] - d[2]
    let s = d[3] - d[1]
    return [
      d[4].plus(d[2], times: -5).plus(d[0], times: 4), p + q, p - q, r.plus(s, times: 2), r.plus(s, times: -2),
      d[5].plus(d[3], times: -5).plus(d[1], times: 4),
    ]
  }

  /// BT d of the six pixels a b b c c d that repeating makes of four; place 2 vanishes.
  @inline(__always) static func repeatedInput(_ d: Four) -> Six {
    let step = d[1] - d[2]
    return [
      d[2].plus(d[1], times: -5).plus(d[0], times: 4), (d[2] + d[2]).plus(d[1], times: -8), Vector(repeating: 0),
      step * Vector(repeating: -3), step, d[3].plus(d[2], times: -5).plus(d[1], times: 4),
    ]
  }

  /// AT m: four outputs of six products.
  @inline(__always) static func output(_ m: Six) -> Four {
    let a = m[1] + m[2]
    let b = m[1] - m[2]
    let c = m[3] + m[4]
    let d = m[3] - m[4]
    return [m[0] + a + c, b.plus(d, times: 2), a.plus(c, times: 4), b.plus(d, times: 8) + m[5]]
  }

  /// Sums of the first and of the last two of the four outputs; place 2 is not needed.
  @inline(__always) static func summedOutput(_ m: Six) -> (Vector, Vector) {
    let twice = m[1] + m[1]
    return ((m[0] + twice).plus(m[3], times: 3) - m[4], (twice + m[5]).plus(m[3], times: 12).plus(m[4], times: -4))
  }

  /// G g: a filter of three taps.
  @inline(__always) static func filter(_ g: Three) -> Six {
    let even = (g[0] + g[2]) * Vector(repeating: -1 / 6)
    let odd = g[1] * Vector(repeating: -1 / 6)
    let wide = (g[0].plus(g[2], times: 4)) * Vector(repeating: 1 / 24)
    let middle = g[1] * Vector(repeating: 1 / 12)
    return [g[0] * Vector(repeating: 0.25), even + odd, even - odd, wide + middle, wide - middle, g[2]]
  }

  /// A y: the gradients of four outputs.
  @inline(__always) static func gradient(_ y: Four) -> Six {
    let a = y[0] + y[2]
    let b = y[1] + y[3]
    let c = y[0].plus(y[2], times: 4)
    let d = (y[1] + y[1]).plus(y[3], times: 8)
    return [y[0], a + b, a - b, c + d, c - d, y[3]]
  }

  /// A y of the outputs p p q q that spreading makes of two; place 2 vanishes.
  @inline(__always)
  static func spreadGradient(_ p: Vector, _ q: Vector) -> Six {
    [p, (p + q) * Vector(repeating: 2), Vector(repeating: 0), (p * Vector(repeating: 3)).plus(q, times: 12),
     (q * Vector(repeating: -4)) - p, q]
  }

  /// GT m: three taps of six products.
  @inline(__always) static func filterGradient(_ m: Six) -> Three {
    let a = m[1] + m[2]
    let b = m[2] - m[1]
    let c = m[3] + m[4]
    let d = m[3] - m[4]
    let sixth = Vector(repeating: 1 / 6)
    return [
      (m[0] * Vector(repeating: 0.25)).plus(a * sixth, times: -1).plus(c, times: 1 / 24),
      (b * sixth).plus(d, times: 1 / 12), m[5].plus(c - a, times: sixth),
    ]
  }
}

/// Filters, transformed and packed for the block products: [block of output channels][product][input channel][output channel].
enum Filter {
  /// Transforms the input channels `channels` of w (3, 3, C, K).
  static func transform(_ w: Source, inputs c: Int, outputs k: Int, channels: Range<Int>, into u: Target, scratch: Target) {
    let width = vectorsPerBlock(outputs: k) * lanes
    for o in stride(from: 0, to: k, by: lanes) {
      for channel in channels {
        let block = u + (o / width * Winograd.products * c + channel) * width + o % width
        tile({ Vector(at: w + ($0 * c + channel) * k + o) }, plane: c * width, into: block, scratch)
      }
    }
  }

  /// Transforms the filter of the input gradient: turned by 180 degrees, input and output channels exchanged; `channels` are among
  /// the K that it has as inputs.
  static func transformTurned(_ w: Source, inputs c: Int, outputs k: Int, channels: Range<Int>, into u: Target, scratch: Target) {
    let width = vectorsPerBlock(outputs: c) * lanes
    let turned = scratch + Winograd.products * lanes
    for first in stride(from: channels.lowerBound, to: channels.upperBound, by: lanes) {
      for o in stride(from: 0, to: c, by: lanes) {
        for tap in 0..<9 {
          let from = w + ((8 - tap) * c + o) * k + first
          let to = turned + tap * lanes * lanes
          for i in 0..<lanes { for j in 0..<lanes { to[j * lanes + i] = from[i * k + j] } }
        }
        for j in 0..<lanes {
          let block = u + (o / width * Winograd.products * k + first + j) * width + o % width
          tile({ Vector(at: turned + ($0 * lanes + j) * lanes) }, plane: k * width, into: block, scratch)
        }
      }
    }
  }

  /// G g GT of the filters whose tap t (of 9) `tap(t)` reads.
  @inline(__always) private static func tile(_ tap: (Int) -> Vector, plane: Int, into u: Target, _ scratch: Target) {
    for j in 0..<3 {
      let column = Winograd.filter([tap(j), tap(3 + j), tap(6 + j)])
      for i in 0..<6 { column[i].store(to: scratch + (i * 3 + j) * lanes) }
    }
    for i in 0..<6 {
      let from = scratch + i * 3 * lanes
      let row = Winograd.filter([Vector(at: from), Vector(at: from + lanes), Vector(at: from + 2 * lanes)])
      for j in 0..<6 { row[j].store(to: u + (i * 6 + j) * plane) }
    }
  }
}
