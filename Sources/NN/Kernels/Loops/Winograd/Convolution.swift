import NNKernels

/// A convolution over groups of tiles: transformed inputs and products of a group stay in the cache.
enum TileConvolution {
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
    scratch[Winograd.products * lanes] = InputTiles.touchRows(job.tileInputs, first: first, count: min(tiles, count))
    for start in stride(from: first, to: end, by: tiles) {
      let n = min(tiles, end - start)
      InputTiles.transform(job.tileInputs, first: start, count: n, rows: 0..<6, into: v, input, scratch: scratch, zeros: zeros)
      for block in 0..<blocks {
        let ahead = ReadingAhead(
          outputs: block == 0 ? start..<start + n : start..<start,
          inputs: block == blocks - 1 ? start + n..<min(end, start + n + tiles) : end..<end)
        finish(
          job, first: start, count: n, blocks: block..<block + 1, v, input, scratch: scratch, m: v + input.size(), tiles: tiles,
          ahead: ahead)
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
    var part = 0
    for product in 0..<Winograd.products where !Winograd.isSkipped(product, job.isReduced) {
      var following = product + 1
      while following < Winograd.products, Winograd.isSkipped(following, job.isReduced) { following += 1 }
      for block in blocks {
        let u = job.filter + block * Winograd.products * filter
        Products.multiply(
          inputs: job.inputs, count: count, vectors: vectors, v: v + product * input.plane, input, u: u + product * filter,
          next: u + following * filter, m: m + (block - blocks.lowerBound) * products(tiles: tiles) + product * output.plane, output)
      }
      ahead.ask(job, part: part)
      part += 1
    }
    for block in blocks {
      OutputTiles.transform(
        job, first: first, count: count, channel: block * vectors * lanes, vectors: vectors,
        from: m + (block - blocks.lowerBound) * products(tiles: tiles), output, scratch: scratch)
      if let batchStatistics = job.batchStatistics {
        let group = first / job.statisticsGroup
        OutputTiles.measure(
          job, batchStatistics + 2 * group * job.outputs, first: first, count: count, channel: block * vectors * lanes, vectors: vectors)
      }
    }
  }
}
