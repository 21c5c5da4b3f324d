import NNKernels

/// The first step of a convolution: tiles of 6 x 6 pixels, transformed.
enum InputTiles {
  /// Transforms tiles `first ..< first + count` into places 0 ..< count of `v`; the products of rows `rows` (of 6) alone.
  ///
  /// `scratch`: 36 vectors and a cache line. `zeros`: C numbers, what lies outside of an image.
  static func transform(
    _ job: TileInputs, first: Int, count: Int, rows: Range<Int>, into v: Target, _ packing: Packing, scratch: Target, zeros: Source
  ) {
    withUnsafeTemporaryAllocation(of: Source.self, capacity: 36) { memory in
      guard let pixels = memory.baseAddress else { return }
      for t in 0..<count {
        place(job, first + t, zeros, pixels)
        tile(job, pixels, rows, v + t * lanes, packing, scratch)
      }
    }
  }

  /// Where the 6 x 6 pixels of a tile are, or the 4 x 4 that repeating makes it of.
  @inline(__always) private static func place(_ job: TileInputs, _ tile: Int, _ zeros: Source, _ pixels: UnsafeMutablePointer<Source>) {
    let (image, row, column) = job.grid.place(tile)
    let shift = job.upsamples ? 1 : 0
    let (height, width, step, c) = (job.grid.height >> shift, job.grid.width >> shift, 4 >> shift, job.channels)
    let base = job.x + image * height * width * c
    for i in 0..<step + 2 {
      let y = step * row - 1 + i
      for j in 0..<step + 2 {
        let x = step * column - 1 + j
        pixels[i * (step + 2) + j] = y < 0 || y >= height || x < 0 || x >= width ? zeros : base + (y * width + x) * c
      }
    }
  }

  @inline(__always) private static func tile(
    _ job: TileInputs, _ pixels: UnsafeMutablePointer<Source>, _ rows: Range<Int>, _ v: Target, _ packing: Packing, _ scratch: Target
  ) {
    guard let negativeSlope = job.negativeSlope else { return tile(job, pixels, rows, v, packing, scratch) { Vector(at: $0) } }
    let factor = Vector(repeating: negativeSlope)
    tile(job, pixels, rows, v, packing, scratch) {
      let x = Vector(at: $0)
      return x.gated(by: x, negativeSlope: factor)
    }
  }

  @inline(__always) private static func tile(
    _ job: TileInputs, _ pixels: UnsafeMutablePointer<Source>, _ rows: Range<Int>, _ v: Target, _ packing: Packing, _ scratch: Target,
    _ read: (Source) -> Vector
  ) {
    if job.upsamples {
      repeatedTile(pixels, job.channels, rows, v, packing, scratch, read)
    } else {
      plainTile(pixels, job.channels, rows, v, packing, scratch, read)
    }
  }

  /// BT d B, columns first, a vector of channels at a time.
  @inline(__always) private static func plainTile(
    _ pixels: UnsafeMutablePointer<Source>, _ channels: Int, _ rows: Range<Int>, _ v: Target, _ packing: Packing, _ scratch: Target,
    _ read: (Source) -> Vector
  ) {
    for block in 0..<channels / lanes {
      let o = block * lanes
      for j in 0..<6 {
        let column = Winograd.input([
          read(pixels[j] + o), read(pixels[6 + j] + o), read(pixels[12 + j] + o), read(pixels[18 + j] + o), read(pixels[24 + j] + o),
          read(pixels[30 + j] + o),
        ])
        for i in 0..<6 { column[i].store(to: scratch + (i * 6 + j) * lanes) }
      }
      let to = v + block * packing.block
      for i in rows {
        let from = scratch + i * 6 * lanes
        let row = Winograd.input([
          Vector(at: from), Vector(at: from + lanes), Vector(at: from + 2 * lanes), Vector(at: from + 3 * lanes),
          Vector(at: from + 4 * lanes), Vector(at: from + 5 * lanes),
        ])
        for j in 0..<6 { row[j].store(to: to + (i * 6 + j) * packing.plane) }
      }
    }
  }

  /// The same for repeated pixels; row and column 2 are left as they are.
  @inline(__always) private static func repeatedTile(
    _ pixels: UnsafeMutablePointer<Source>, _ channels: Int, _ rows: Range<Int>, _ v: Target, _ packing: Packing, _ scratch: Target,
    _ read: (Source) -> Vector
  ) {
    for block in 0..<channels / lanes {
      let o = block * lanes
      for j in 0..<4 {
        let column = Winograd.repeatedInput([
          read(pixels[j] + o), read(pixels[4 + j] + o), read(pixels[8 + j] + o), read(pixels[12 + j] + o),
        ])
        for i in 0..<6 where i != 2 { column[i].store(to: scratch + (i * 4 + j) * lanes) }
      }
      let to = v + block * packing.block
      for i in rows where i != 2 {
        let from = scratch + i * 4 * lanes
        let row = Winograd.repeatedInput([
          Vector(at: from), Vector(at: from + lanes), Vector(at: from + 2 * lanes), Vector(at: from + 3 * lanes),
        ])
        for j in 0..<6 where j != 2 { row[j].store(to: to + (i * 6 + j) * packing.plane) }
      }
    }
  }

  /// Touches the input rows that the tiles need.
  static func touchRows(_ job: TileInputs, first: Int, count: Int) -> Float {
    let shift = job.upsamples ? 1 : 0
    let height = job.grid.height >> shift
    let width = job.grid.width >> shift
    let step = 4 >> shift
    var sum: Float = 0
    var t = first
    while t < first + count {
      let (image, row, column) = job.grid.place(t)
      let end = min(first + count, t - column + job.grid.across)
      let left = max(0, column * step - 1)
      let right = min(width, (end - t + column) * step + 1)
      for y in max(0, row * step - 1)..<min(height, row * step + step + 1) {
        sum += touch(job.x + ((image * height + y) * width + left) * job.channels, (right - left) * job.channels)
      }
      t = end
    }
    return sum
  }
}
