import NNKernels

/// The middle step: for each of the 36 places a product of tiles and filters, in blocks that stay in registers.
enum Products {
  /// Tiles of one block product.
  #if AVX512
    static let rows = 12
  #else
    static let rows = 6
  #endif

  /// m = v u of one of the 36 places and one block of output channels. `next`: the filter that is needed after this one.
  static func multiply(
    inputs: Int, count: Int, vectors: Int, v: Source, _ input: Packing, u: Source, next: Source, m: Target, _ output: Packing
  ) {
    // Each pass over the tiles asks for its share of the next filter.
    let step = vectors * lanes / ((count + rows - 1) / rows)
    var next = next
    var t = 0
    while t < count {
      let n = min(rows, count - t)
      multiply(n, vectors, v + t * lanes, input.block, u, inputs / lanes, m + t * lanes, output.block, next, step)
      t += n
      next += inputs * step
    }
  }

  @inline(__always) private static func multiply(
    _ rows: Int, _ vectors: Int, _ a: Source, _ aStride: Int, _ b: Source, _ blocks: Int, _ out: Target, _ outStride: Int, _ next: Source,
    _ step: Int
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
    case 5: Block<5, 2>.multiply(a, aStride: s, b, channelBlocks: n, into: out, outStride: o, next: next, step: step) #if AVX512
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
      Block<6, 1>.multiply(a + t * lanes, aStride: s, b, channelBlocks: n, into: out + t * lanes, outStride: o, next: next, step: step)
      t += 6
    }
    while t < rows {
      Block<1, 1>.multiply(a + t * lanes, aStride: s, b, channelBlocks: n, into: out + t * lanes, outStride: o, next: next, step: step)
      t += 1
    }
  }
}
