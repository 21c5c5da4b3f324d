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
    var t = 0
    while t < count {
      let n = min(rows, count - t)
      multiply(n, vectors, v + t * lanes, input.block, u, inputs / lanes, m + t * lanes, output.block)
      t += n
    }
  }

  @inline(__always)
  private static func multiply(
    _ rows: Int, _ vectors: Int, _ a: Source, _ aStride: Int, _ b: Source, _ blocks: Int, _ out: Target, _ outStride: Int
  ) {
    if vectors == 2 { two(rows, a, aStride, b, blocks, out, outStride) } else { one(rows, a, aStride, b, blocks, out, outStride) }
  }

  @inline(never)
  private static func two(_ rows: Int, _ a: Source, _ s: Int, _ b: Source, _ n: Int, _ out: Target, _ o: Int) {
    switch rows {
    case 1: Block<1, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
    case 2: Block<2, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
    case 3: Block<3, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
    case 4: Block<4, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
    case 5: Block<5, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
    #if AVX512
      case 6: Block<6, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
      case 7: Block<7, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
      case 8: Block<8, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
      case 9: Block<9, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
      case 10: Block<10, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
      case 11: Block<11, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
      default: Block<12, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
    #else
      default: Block<6, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o)
    #endif
    }
  }

  /// Where the output channels are an odd number of vectors.
  @inline(never)
  private static func one(_ rows: Int, _ a: Source, _ s: Int, _ b: Source, _ n: Int, _ out: Target, _ o: Int) {
    var t = 0
    while t + 6 <= rows {
      Block<6, 1>.multiply(a + t * lanes, aStride: s, b, channelBlocks: n, into: out + t * lanes, outStride: o)
      t += 6
    }
    while t < rows {
      Block<1, 1>.multiply(a + t * lanes, aStride: s, b, channelBlocks: n, into: out + t * lanes, outStride: o)
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

  /// Tiles `first ..< first + count`, from pixels to pixels. `tiles`: how many a group has at most.
  static func group(_ job: WinogradConvolution, first: Int, count: Int, tiles: Int, scratch: Target, zeros: Source) {
    let input = Packing(channels: job.inputs, tiles: tiles)
    let v = scratch + head
    InputTiles.transform(job, first: first, count: count, rows: 0..<6, into: v, input, scratch: scratch, zeros: zeros)
    scratch[Winograd.products * lanes] = OutputTiles.touchRows(job, first: first, count: count)
    for block in 0..<job.outputs / (vectorsPerBlock(outputs: job.outputs) * lanes) {
      finish(job, first: first, count: count, blocks: block..<block + 1, v, input, scratch: scratch, m: v + input.size(), tiles: tiles)
    }
  }

  /// Products and outputs of tiles whose transformed inputs are there, for some blocks of output channels: the inputs of one of the
  /// 36 places serve all of these blocks while they are near.
  static func finish(
    _ job: WinogradConvolution, first: Int, count: Int, blocks: Range<Int>, _ v: Source, _ input: Packing, scratch: Target, m: Target,
    tiles: Int
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
    }
    for block in blocks {
      OutputTiles.transform(
        job, first: first, count: count, channel: block * vectors * lanes, vectors: vectors,
        from: m + (block - blocks.lowerBound) * products(tiles: tiles), output, scratch: scratch)
    }
  }
}
