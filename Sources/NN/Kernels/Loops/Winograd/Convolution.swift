import CProcessor
import NNKernels

/// The middle step: for each of the 36 places a product of tiles and filters, in blocks that stay in registers.
enum Products {
  /// Tiles of one block product.
  #if AVX512
    static let rows = 12
  #else
    static let rows = 6
  #endif

  /// m = v u of one of the 36 places and one block of output channels.
  static func multiply(
    inputs: Int, count: Int, vectors: Int, v: Source, _ input: Packing, u: Source, m: Target, _ output: Packing
  ) {
    // Each pass over the tiles fetches its share of the next filter, which follows this one.
    let step = vectors * lanes / ((count + rows - 1) / rows)
    var next = u + inputs * vectors * lanes
    var t = 0
    while t < count {
      let n = min(rows, count - t)
      multiply(n, vectors, v + t * lanes, input.block, u, inputs / lanes, m + t * lanes, output.block, next, step)
      t += n
      next += inputs * step
    }
  }

  @inline(__always)
  private static func multiply(
    _ rows: Int, _ vectors: Int, _ a: Source, _ aStride: Int, _ b: Source, _ blocks: Int, _ out: Target, _ outStride: Int,
    _ next: Source, _ step: Int
  ) {
    if vectors == 2 { two(rows, a, aStride, b, blocks, out, outStride, next, step) } else { one(rows, a, aStride, b, blocks, out, outStride, next, step) }
  }

  @inline(never)
  private static func two(_ rows: Int, _ a: Source, _ s: Int, _ b: Source, _ n: Int, _ out: Target, _ o: Int, _ next: Source, _ step: Int) {
    switch rows {
    case 1: Block<1, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
    case 2: Block<2, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
    case 3: Block<3, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
    case 4: Block<4, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
    case 5: Block<5, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
    #if AVX512
      case 6: Block<6, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
      case 7: Block<7, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
      case 8: Block<8, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
      case 9: Block<9, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
      case 10: Block<10, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
      case 11: Block<11, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
      default: Block<12, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
    #else
      default: Block<6, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step)
    #endif
    }
  }

  /// Where the output channels are an odd number of vectors.
  @inline(never)
  private static func one(_ rows: Int, _ a: Source, _ s: Int, _ b: Source, _ n: Int, _ out: Target, _ o: Int, _ next: Source, _ step: Int) {
    var t = 0
    #if AVX512
      if rows == 12 { return Block<12, 1>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step) }
    #endif
    while t + 6 <= rows {
      Block<6, 1>.multiply(
        a + t * lanes, aStride: s, b, channelBlocks: n, into: out + t * lanes, outStride: o, next: next, step: step)
      t += 6
    }
    while t < rows {
      Block<1, 1>.multiply(a + t * lanes, aStride: s, b, channelBlocks: n, into: out + t * lanes, outStride: o, next: next, step: step)
      t += 1
    }
  }
}

/// A convolution over groups of tiles: transformed inputs and products of a group stay in the cache.
enum Convolution {
  /// Numbers of scratch for the transforms.
  static let head = 64 * lanes + 64

  /// Numbers that the products of one block of output channels take.
  static func products(tiles: Int) -> Int { Packing(channels: 2 * lanes, tiles: tiles).size() }

  /// Tiles `first ..< first + count`, from pixels to pixels, in groups of `tiles`.
  static func groups(_ job: WinogradConvolution, first: Int, count: Int, tiles: Int, scratch: Target, zeros: Source) {
    let input = Packing(channels: job.inputs, tiles: tiles)
    let v = scratch + head
    let end = first + count
    let blocks = job.outputs / (vectorsPerBlock(outputs: job.outputs) * lanes)
    scratch[Winograd.products * lanes] = InputTiles.touchRows(job, first: first, count: min(tiles, count))
    for start in stride(from: first, to: end, by: tiles) {
      let n = min(tiles, end - start)
      InputTiles.transform(job, first: start, count: n, rows: 0..<6, into: v, input, scratch: scratch, zeros: zeros)
      for block in 0..<blocks {
        let ahead = ReadingAhead(
          outputs: block == 0 ? start..<start + n : start..<start, inputs: block == blocks - 1 ? start + n..<min(end, start + n + tiles) : end..<end)
        finish(
          job, first: start, count: n, blocks: block..<block + 1, v, input, scratch: scratch, m: v + input.size(), tiles: tiles, ahead: ahead)
      }
    }
  }

  /// Products and outputs of tiles whose transformed inputs are there, for some blocks of output channels: the inputs of one of the
  /// 36 places serve all of these blocks while they are near.
  static func finish(
    _ job: WinogradConvolution, first: Int, count: Int, blocks: Range<Int>, _ v: Source, _ input: Packing, scratch: Target, m: Target,
    tiles: Int, ahead: ReadingAhead
  ) {
    let vectors = vectorsPerBlock(outputs: job.outputs)
    let output = Packing(channels: vectors * lanes, tiles: tiles)
    let filter = job.inputs * vectors * lanes
    for product in 0..<Winograd.products where !(job.isReduced && (product / 6 == 2 || product % 6 == 2)) {
      for block in blocks {
        Products.multiply(
          inputs: job.inputs, count: count, vectors: vectors, v: v + product * input.plane, input,
          u: job.filter + (block * Winograd.products + product) * filter,
          m: m + (block - blocks.lowerBound) * products(tiles: tiles) + product * output.plane, output)
      }
      ahead.ask(job, part: product)
    }
    for block in blocks {
      OutputTiles.transform(
        job, first: first, count: count, channel: block * vectors * lanes, vectors: vectors,
        from: m + (block - blocks.lowerBound) * products(tiles: tiles), output, scratch: scratch)
      if let moments = job.moments {
        let group = first / job.momentGroup
        OutputTiles.measure(
          job, moments + 2 * group * job.outputs, first: first, count: count, channel: block * vectors * lanes, vectors: vectors)
      }
    }
  }
}

/// Memory that will be needed soon, asked for bit by bit during the products, which need little themselves.
struct ReadingAhead {
  /// Tiles whose outputs are written next, and tiles whose inputs are read next.
  let outputs: Range<Int>, inputs: Range<Int>

  static let nothing = ReadingAhead(outputs: 0..<0, inputs: 0..<0)

  /// Asks for one of 36 parts.
  @inline(__always)
  func ask(_ job: WinogradConvolution, part: Int) {
    for t in outputs.count * part / 36..<outputs.count * (part + 1) / 36 {
      rows(job, outputs.lowerBound + t, isHalf: job.sums, job.outputs, Source(job.y))
      if let gate = job.gate { rows(job, outputs.lowerBound + t, isHalf: job.sums, job.outputs, gate) }
      if let residual = job.residual { rows(job, outputs.lowerBound + t, isHalf: job.sums, job.outputs, residual) }
    }
    for t in inputs.count * part / 36..<inputs.count * (part + 1) / 36 {
      rows(job, inputs.lowerBound + t, isHalf: job.upsamples, job.inputs, job.x)
    }
  }

  /// The pixels of a tile: 4 x 4, or 2 x 2 of a picture half the size.
  @inline(never)
  private func rows(_ job: WinogradConvolution, _ tile: Int, isHalf: Bool, _ channels: Int, _ x: Source) {
    let (picture, row, column) = job.grid.place(tile)
    let shift = isHalf ? 1 : 0
    let height = job.grid.height >> shift
    let width = job.grid.width >> shift
    let side = 4 >> shift
    let numbers = min(side, width - column * side) * channels
    for y in row * side..<min(height, row * side + side) {
      let from = x + ((picture * height + y) * width + column * side) * channels
      var i = 0
      while i < numbers {
        prefetch_far(from + i)
        i += 16
      }
    }
  }
}
