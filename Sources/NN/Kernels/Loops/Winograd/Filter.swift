import NNKernels

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
  @inline(__always)
  private static func tile(_ tap: (Int) -> Vector, plane: Int, into u: Target, _ scratch: Target) {
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
