import CProcessor
import NNKernels

/// A register-blocked matrix product of packed operands: `rows` tiles by `vectors` vectors of output channels, all in registers.
enum Block<let rows: Int, let vectors: Int> {
  private typealias Row = InlineArray<vectors, Vector>

  /// out = a b. Meanwhile memory from `next` on is asked for, `step` numbers a channel: the filter of the next product.
  ///
  /// a: [channel block][tile][lanes], `aStride` numbers a block; b: [channel][vectors * lanes]; out: [vector][tile][lanes],
  /// `outStride` numbers a vector.
  @inline(__always)
  static func multiply(
    _ a: Source, aStride: Int, _ b: Source, channelBlocks: Int, into out: Target, outStride: Int, next: Source, step: Int
  ) {
    let zero = Vector(repeating: 0)
    var sums = InlineArray<rows, Row>(repeating: Row(repeating: zero))
    var a = a
    var b = b
    var next = next
    for _ in 0..<channelBlocks {
      for k in 0..<lanes {
        var weights = Row(repeating: zero)
        for j in 0..<vectors { weights[j] = Vector(at: b + j * lanes) }
        prefetch(next)
        if step > 16 { prefetch(next + 16) }
        next += step
        for r in 0..<rows {
          let x = Vector(repeating: a[r * lanes + k])
          for j in 0..<vectors { sums[r][j] = sums[r][j].plus(x, times: weights[j]) }
        }
        b += vectors * lanes
      }
      a += aStride
    }
    for r in 0..<rows { for j in 0..<vectors { sums[r][j].store(to: out + j * outStride + r * lanes) } }
  }
}
