import NNKernels

/// The last step of a convolution: AT m A, and what follows it.
enum OutputTiles {
  /// Writes output channels `channel ..< channel + vectors * lanes` of tiles `first ..< first + count` from their products `m`.
  static func transform(
    _ job: WinogradConvolution, first: Int, count: Int, channel: Int, vectors: Int, from m: Source, _ packing: Packing, scratch: Target
  ) {
    let isPlain = job.bias == nil && job.gate == nil && job.residual == nil && job.factor == 1
    for t in 0..<count {
      let (image, row, column) = job.grid.place(first + t)
      for vector in 0..<vectors {
        let from = m + vector * packing.block + t * lanes
        let place = Place(job, image, row, column, channel + vector * lanes)
        if job.sums {
          summed(job, from, packing.plane, place, scratch)
        } else if isPlain {
          plain(job, from, packing.plane, place, scratch) { value, _, _, _ in value }
        } else {
          plain(job, from, packing.plane, place, scratch) { finished(job, $0, at: $1, place, row: $2, column: $3) }
        }
      }
    }
  }

  /// Adds the outputs of a group, just written, to the group's batchStatistics of the channels `channel ..< channel + vectors * lanes`.
  static func measure(_ job: WinogradConvolution, _ batchStatistics: Target, first: Int, count: Int, channel: Int, vectors: Int) {
    for vector in 0..<vectors {
      let at = channel + vector * lanes
      let y = Source(job.y)
      let (image, row, column) = job.grid.place(first)
      let shift = Vector(at: y + Place(job, image, row, column, at).offset)
      var sum = Vector(repeating: 0)
      var squares = Vector(repeating: 0)
      var numbers = 0
      for t in first..<first + count {
        let (image, row, column) = job.grid.place(t)
        let place = Place(job, image, row, column, at)
        numbers += place.rows * place.columns
        for i in 0..<place.rows {
          for j in 0..<place.columns {
            let d = Vector(at: y + place.offset + i * place.rowStride + j * job.outputs) - shift
            sum = sum + d
            squares = squares.plus(d, times: d)
          }
        }
      }
      let mean = sum * Vector(repeating: 1 / Float(numbers))
      (shift + mean).store(to: batchStatistics + at)
      (squares - mean * sum).store(to: batchStatistics + job.outputs + at)
    }
  }

  /// Where the outputs of a tile go: numbers from the start of y, and how many rows and columns there are.
  private struct Place {
    let offset: Int, rowStride: Int, rows: Int, columns: Int, channel: Int
    /// Where a repeated residual is read.
    let residualOffset: Int

    @inline(__always) init(_ job: WinogradConvolution, _ image: Int, _ row: Int, _ column: Int, _ channel: Int) {
      let shift = job.sums ? 1 : 0
      let height = job.grid.height >> shift
      let width = job.grid.width >> shift
      let top = row * 4 >> shift
      let left = column * 4 >> shift
      offset = ((image * height + top) * width + left) * job.outputs + channel
      rowStride = width * job.outputs
      rows = min(4 >> shift, height - top)
      columns = min(4 >> shift, width - left)
      self.channel = channel
      residualOffset = ((image * (height / 2) + top / 2) * (width / 2) + left / 2) * job.outputs + channel
    }
  }

  @inline(__always)
  private static func plain(
    _ job: WinogradConvolution, _ m: Source, _ plane: Int, _ place: Place, _ scratch: Target, _ finish: (_ value: Vector, _ offset: Int, _ row: Int, _ column: Int) -> Vector
  ) {
    let zero = Vector(repeating: 0)
    let isReduced = job.upsamples
    for j in 0..<6 where !(isReduced && j == 2) {
      let p = m + j * plane
      let s = 6 * plane
      let column = Winograd.output([
        Vector(at: p), Vector(at: p + s), isReduced ? zero : Vector(at: p + 2 * s), Vector(at: p + 3 * s), Vector(at: p + 4 * s),
        Vector(at: p + 5 * s),
      ])
      for i in 0..<4 { column[i].store(to: scratch + (i * 6 + j) * lanes) }
    }
    for i in 0..<place.rows {
      let from = scratch + i * 6 * lanes
      let row = Winograd.output([
        Vector(at: from), Vector(at: from + lanes), isReduced ? zero : Vector(at: from + 2 * lanes), Vector(at: from + 3 * lanes),
        Vector(at: from + 4 * lanes), Vector(at: from + 5 * lanes),
      ])
      let at = place.offset + i * place.rowStride
      if place.columns == 4 {
        for j in 0..<4 { finish(row[j], at + j * job.outputs, i, j).store(to: job.y + at + j * job.outputs) }
      } else {
        for j in 0..<place.columns { finish(row[j], at + j * job.outputs, i, j).store(to: job.y + at + j * job.outputs) }
      }
    }
  }

  @inline(__always) private static func summed(_ job: WinogradConvolution, _ m: Source, _ plane: Int, _ place: Place, _ scratch: Target) {
    let zero = Vector(repeating: 0)
    for j in 0..<6 where j != 2 {
      let p = m + j * plane
      let s = 6 * plane
      let (upper, lower) = Winograd.summedOutput([
        Vector(at: p), Vector(at: p + s), zero, Vector(at: p + 3 * s), Vector(at: p + 4 * s), Vector(at: p + 5 * s),
      ])
      upper.store(to: scratch + j * lanes)
      lower.store(to: scratch + (6 + j) * lanes)
    }
    for i in 0..<place.rows {
      let from = scratch + i * 6 * lanes
      let (left, right) = Winograd.summedOutput([
        Vector(at: from), Vector(at: from + lanes), zero, Vector(at: from + 3 * lanes), Vector(at: from + 4 * lanes),
        Vector(at: from + 5 * lanes),
      ])
      let at = place.offset + i * place.rowStride
      finished(job, left, at: at, place, row: i, column: 0).store(to: job.y + at)
      if place.columns > 1 { finished(job, right, at: at + job.outputs, place, row: i, column: 1).store(to: job.y + at + job.outputs) }
    }
  }

  /// gate(factor * o + bias) + residual.
  @inline(__always) private static func finished(
    _ job: WinogradConvolution, _ o: Vector, at offset: Int, _ place: Place, row: Int, column: Int
  ) -> Vector {
    var y = o
    if job.factor != 1 { y = y * Vector(repeating: job.factor) }
    if let bias = job.bias { y = y + Vector(at: bias + place.channel) }
    if let gate = job.gate { y = y.gated(by: Vector(at: gate + offset), negativeSlope: Vector(repeating: job.gateNegativeSlope)) }
    if let residual = job.residual {
      let at = job.repeatsResidual ? place.residualOffset + (row / 2 * (job.grid.width / 2) + column / 2) * job.outputs : offset
      y = y + Vector(at: residual + at)
    }
    return y
  }
}
