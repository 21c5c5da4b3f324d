import CProcessor
import NNKernels

/// A register-blocked matrix product of packed operands: `rows` tiles by `vectors` vectors of output channels, all in registers.
enum Block<let rows: Int, let vectors: Int> {
  private typealias Row = InlineArray<vectors, Vector>

  /// out = a b. Meanwhile memory from `next` on is asked for, `step` numbers a channel: the filter of the next product.
  ///
  /// a: [channel block][tile][lanes], `aStride` numbers a block; b: [channel][vectors * lanes]; out: [vector][tile][lanes],
  /// `outStride` numbers a vector.
  @inline(__always) static func multiply(
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

/// How transformed tiles lie in memory: [product][block of `lanes` channels][tile][lane], `tiles` tiles a plane.
///
/// A few numbers between planes keep the 36 places of one tile from falling into the same sets of the cache.
struct Packing {
  let tiles: Int, block: Int, plane: Int

  init(channels: Int, tiles: Int) {
    self.tiles = tiles
    block = tiles * lanes
    plane = channels / lanes * block + 16
  }

  /// Numbers that `planes` planes take, rounded up to whole cache lines.
  func size(planes: Int = Winograd.products) -> Int { (planes * plane + 63) / 64 * 64 }
}

/// Output channels that one block product makes: two vectors, or one where the channels do not allow more.
@inline(__always) func vectorsPerBlock(outputs: Int) -> Int { outputs % (2 * lanes) == 0 ? 2 : 1 }

/// Reads one number of every cache line, so that the lines are on their way before they are needed one by one.
@inline(never) func touch(_ p: Source, _ count: Int) -> Float {
  var sum: Float = 0
  var i = 0
  while i < count {
    sum += p[i]
    i += 16
  }
  return sum
}

/// Memory that will be needed soon, asked for bit by bit during the products, which need little themselves.
struct ReadingAhead {
  /// Tiles whose outputs are written next, and tiles whose inputs are read next.
  let outputs: Range<Int>, inputs: Range<Int>

  static let nothing = ReadingAhead(outputs: 0..<0, inputs: 0..<0)

  /// Asks for one of as many parts as a tile has products.
  @inline(__always) func ask(_ job: WinogradConvolution, part: Int) {
    let parts = job.isReduced ? 25 : 36
    for t in outputs.count * part / parts..<outputs.count * (part + 1) / parts {
      rows(job, outputs.lowerBound + t, isHalf: job.sums, job.outputs, Source(job.y))
      if let gate = job.gate { rows(job, outputs.lowerBound + t, isHalf: job.sums, job.outputs, gate) }
      if let residual = job.residual { rows(job, outputs.lowerBound + t, isHalf: job.sums || job.repeatsResidual, job.outputs, residual) }
    }
    for t in inputs.count * part / parts..<inputs.count * (part + 1) / parts {
      rows(job, inputs.lowerBound + t, isHalf: job.upsamples, job.inputs, job.x)
    }
  }

  /// The pixels of a tile: 4 x 4, or 2 x 2 of an image half the size.
  @inline(never) private func rows(_ job: WinogradConvolution, _ tile: Int, isHalf: Bool, _ channels: Int, _ x: Source) {
    let (image, row, column) = job.grid.place(tile)
    let shift = isHalf ? 1 : 0
    let height = job.grid.height >> shift
    let width = job.grid.width >> shift
    let side = 4 >> shift
    let numbers = min(side, width - column * side) * channels
    for y in row * side..<min(height, row * side + side) {
      let from = x + ((image * height + y) * width + column * side) * channels
      var i = 0
      while i < numbers {
        prefetch_far(from + i)
        i += 16
      }
    }
  }
}
