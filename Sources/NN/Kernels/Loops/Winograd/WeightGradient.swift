import NNKernels

/// Weight gradients over groups of tiles.
enum WeightGradient {
  #if AVX512
    private typealias Wide = WeightBlock<8, 2>
    private typealias Narrow = WeightBlock<8, 1>
    private static let rows = 8
  #else
    private typealias Wide = WeightBlock<4, 2>
    private typealias Narrow = WeightBlock<4, 1>
    private static let rows = 4
  #endif

  private static let head = TileConvolution.head

  /// Numbers of scratch for chunks of so many tiles.
  static func scratch(inputs: Int, outputs: Int, tiles: Int) -> Int {
    head + Packing(channels: inputs, tiles: tiles).size() + Packing(channels: outputs, tiles: tiles).size()
  }

  /// Sets a share of `sums` to that of tiles `first ..< first + count`, chunk by chunk of `tiles`. sums: (36, C, K).
  static func accumulate(
    _ job: WinogradWeightGradient, _ share: WeightGradientShare, first: Int, count: Int, tiles: Int, into sums: Target, scratch: Target,
    zeros: Source
  ) {
    let input = Packing(channels: job.inputs, tiles: tiles)
    let gradient = Packing(channels: share.channels.count, tiles: tiles)
    let v = scratch + head
    let d = v + input.size()
    let inputs = job.tileInputs
    for start in stride(from: first, to: first + count, by: tiles) {
      let n = min(tiles, first + count - start)
      scratch[Winograd.products * lanes] = InputTiles.touchRows(inputs, first: start, count: n)
      InputTiles.transform(inputs, first: start, count: n, rows: share.rows, into: v, input, scratch: scratch, zeros: zeros)
      GradientTiles.transform(
        job, first: start, count: n, channels: share.channels, rows: share.rows, into: d, gradient, scratch: scratch, zeros: zeros)
      for product in share.rows.lowerBound * 6..<share.rows.upperBound * 6 where !Winograd.isSkipped(product, job.isReduced) {
        outerProducts(
          v + product * input.plane, input.block, d + product * gradient.plane, gradient.block, count: n, inputs: job.inputs,
          channels: share.channels.count, isFresh: start == first, into: sums + product * job.inputs * job.outputs + share.channels.lowerBound,
          stride: job.outputs)
      }
    }
  }

  /// The sums of input channels `channels` and output channels `outputs` over `count` tiles whose transforms are there.
  static func accumulate(
    _ job: WinogradWeightGradient, v: Source, _ input: Packing, d: Source, _ gradient: Packing, count: Int, channels: Range<Int>,
    outputs: Range<Int>, isFresh: Bool, into sums: GradientSums
  ) {
    for product in 0..<Winograd.products where !Winograd.isSkipped(product, job.isReduced) {
      outerProducts(
        v + product * input.plane + channels.lowerBound / lanes * input.block, input.block,
        d + product * gradient.plane + outputs.lowerBound / lanes * gradient.block, gradient.block, count: count,
        inputs: channels.count, channels: outputs.count, isFresh: isFresh, into: sums.start + product * sums.plane, stride: sums.row)
    }
  }

  /// sum (C, channels) += vT d, or = where it is fresh.
  @inline(never) private static func outerProducts(
    _ v: Source, _ vBlock: Int, _ d: Source, _ dBlock: Int, count: Int, inputs: Int, channels: Int, isFresh: Bool, into sum: Target,
    stride: Int
  ) {
    let vectors = vectorsPerBlock(outputs: channels)
    for o in Swift.stride(from: 0, to: channels, by: vectors * lanes) {
      let b = d + o / lanes * dBlock
      for c in Swift.stride(from: 0, to: inputs, by: rows) {
        let a = v + c / lanes * vBlock + c % lanes
        let to = sum + c * stride + o
        if vectors == 2 {
          Wide.accumulate(a, b, bStride: dBlock, count: count, isFresh: isFresh, into: to, sumStride: stride)
        } else {
          Narrow.accumulate(a, b, bStride: dBlock, count: count, isFresh: isFresh, into: to, sumStride: stride)
        }
      }
    }
  }

  /// dw (3, 3, C, K) = factor GT s G of input channels `channels` and output channels `outputs`, s being the sum of all groups,
  /// first to last; `sums` starts at the first of the channels and outputs.
  static func finish(
    _ job: WinogradWeightGradient, _ sums: GradientSums, groups: Int, channels: Range<Int>, outputs: Range<Int>, into dw: Target,
    scratch: Target
  ) {
    let size = job.inputs * job.outputs
    let factor = Vector(repeating: job.spreads ? 0.25 : 1)
    for channel in channels {
      for o in stride(from: outputs.lowerBound, to: outputs.upperBound, by: lanes) {
        let at = Source(sums.start) + (channel - channels.lowerBound) * sums.row + o - outputs.lowerBound
        for j in 0..<6 {
          let column = Winograd.filterGradient([
            total(job, at, sums.plane, groups, j), total(job, at, sums.plane, groups, 6 + j), total(job, at, sums.plane, groups, 12 + j),
            total(job, at, sums.plane, groups, 18 + j), total(job, at, sums.plane, groups, 24 + j), total(job, at, sums.plane, groups, 30 + j),
          ])
          for i in 0..<3 { column[i].store(to: scratch + (i * 6 + j) * lanes) }
        }
        for i in 0..<3 {
          let from = scratch + i * 6 * lanes
          let row = Winograd.filterGradient([
            Vector(at: from), Vector(at: from + lanes), Vector(at: from + 2 * lanes), Vector(at: from + 3 * lanes),
            Vector(at: from + 4 * lanes), Vector(at: from + 5 * lanes),
          ])
          for j in 0..<3 { (row[j] * factor).store(to: dw + (i * 3 + j) * size + channel * job.outputs + o) }
        }
      }
    }
  }

  /// One product summed over the groups.
  @inline(__always)
  private static func total(_ job: WinogradWeightGradient, _ at: Source, _ plane: Int, _ groups: Int, _ product: Int) -> Vector {
    if Winograd.isSkipped(product, job.isReduced) { return Vector(repeating: 0) }
    var sum = Vector(at: at + product * plane)
    for group in 1..<max(groups, 1) { sum = sum + Vector(at: at + (group * Winograd.products + product) * plane) }
    return sum
  }
}

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

  @inline(__always) private static func place(
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

  @inline(__always) private static func plain(
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
      let row = Winograd.gradient([Vector(at: from), Vector(at: from + lanes), Vector(at: from + 2 * lanes), Vector(at: from + 3 * lanes)])
      for j in 0..<6 { row[j].store(to: d + (i * 6 + j) * plane) }
    }
  }

  @inline(__always) private static func spread(
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
