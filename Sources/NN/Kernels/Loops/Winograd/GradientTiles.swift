import NNKernels

/// A dy AT of tiles of 4 x 4 gradients.
enum GradientTiles {
  /// Transforms the channels `channels` of tiles `first ..< first + count`; the products of rows `rows` (of 6) alone.
  static func transform(
    _ job: WinogradWeightGradient, first: Int, count: Int, channels: Range<Int>, rows: Range<Int>, into d: Target, _ packing: Packing,
    scratch: Target, zeros: Source
  ) {
    withUnsafeTemporaryAllocation(of: Source.self, capacity: 16) { memory in
      guard let pixels = memory.baseAddress else { return }
      for t in 0..<count {
        let side = job.spreads ? 2 : 4
        place(job, first + t, side: side, zeros, pixels)
        for block in 0..<channels.count / lanes {
          let to = d + block * packing.block + t * lanes
          let o = channels.lowerBound + block * lanes
          if job.spreads { spread(pixels, o, rows, to, packing.plane, scratch) } else { plain(pixels, o, rows, to, packing.plane, scratch) }
        }
      }
    }
  }

  @inline(__always)
  private static func place(
    _ job: WinogradWeightGradient, _ tile: Int, side: Int, _ zeros: Source, _ pixels: UnsafeMutablePointer<Source>
  ) {
    let (image, row, column) = job.grid.place(tile)
    let shift = side == 2 ? 1 : 0
    let height = job.grid.height >> shift
    let width = job.grid.width >> shift
    let base = job.dy + image * height * width * job.outputs
    for i in 0..<side {
      let y = row * side + i
      for j in 0..<side {
        let x = column * side + j
        pixels[i * side + j] = y >= height || x >= width ? zeros : base + (y * width + x) * job.outputs
      }
    }
  }

  @inline(__always)
  private static func plain(
    _ pixels: UnsafeMutablePointer<Source>, _ o: Int, _ rows: Range<Int>, _ d: Target, _ plane: Int, _ scratch: Target
  ) {
    for j in 0..<4 {
      let column = Winograd.gradient([
        Vector(at: pixels[j] + o), Vector(at: pixels[4 + j] + o), Vector(at: pixels[8 + j] + o), Vector(at: pixels[12 + j] + o),
      ])
      for i in 0..<6 { column[i].store(to: scratch + (i * 4 + j) * lanes) }
    }
    for i in rows {
      let from = scratch + i * 4 * lanes
      let row = Winograd.gradient([
        Vector(at: from), Vector(at: from + lanes), Vector(at: from + 2 * lanes), Vector(at: from + 3 * lanes),
      ])
      for j in 0..<6 { row[j].store(to: d + (i * 6 + j) * plane) }
    }
  }

  @inline(__always)
  private static func spread(
    _ pixels: UnsafeMutablePointer<Source>, _ o: Int, _ rows: Range<Int>, _ d: Target, _ plane: Int, _ scratch: Target
  ) {
    for j in 0..<2 {
      let column = Winograd.spreadGradient(Vector(at: pixels[j] + o), Vector(at: pixels[2 + j] + o))
      for i in 0..<6 { column[i].store(to: scratch + (i * 2 + j) * lanes) }
    }
    for i in rows where i != 2 {
      let from = scratch + i * 2 * lanes
      let row = Winograd.spreadGradient(Vector(at: from), Vector(at: from + lanes))
      for j in 0..<6 { row[j].store(to: d + (i * 6 + j) * plane) }
    }
  }
}
