import NNKernels

/// How the tiles of a convolution are cut into pieces of work. No number of y depends on it, but the batchStatistics that a convolution takes
/// of y depend on `tiles`, and that on shapes alone.
enum ConvolutionPlan: Equatable {
  /// Groups of so many tiles, each from pixels to pixels: the transformed inputs of a group stay in a core's own cache.
  case groups(tiles: Int)
  /// Where inputs have too many channels for that: `chunk` tiles are transformed first, then multiplied in pieces of `tiles` tiles by
  /// `blocks` blocks of output channels, so that filters and inputs are each fetched a few times only.
  case together(chunk: Int, tiles: Int, blocks: Int)

  init(tiles count: Int, inputs c: Int, blocks: Int) {
    if c < 512 {
      self = .groups(tiles: c > 128 ? 12 : 24)
    } else {
      let chunk = 96 * max(1, 2730 / c)
      self = .together(chunk: min(count, chunk), tiles: min(count, 96), blocks: min(2, blocks))
    }
  }

  /// Tiles that are finished at a time.
  var tiles: Int {
    switch self {
    case .groups(let tiles), .together(_, let tiles, _): tiles
    }
  }
}

/// How a weight gradient is cut into pieces of work.
enum WeightGradientPlan {
  /// Groups of tiles with sums of their own, `chunk` tiles transformed at a time. How many depends on shapes alone, because it decides
  /// the order of summation; the shares that each group is split into change no bit.
  case groups(Int, shares: [WeightGradientShare], chunk: Int)
  /// Where there are many channels: `chunk` tiles transformed at a time, summed over in blocks of channels.
  case together(chunk: Int)

  init(tiles: Int, inputs c: Int, outputs k: Int, threads: Int) {
    if c * k >= 32_768 {
      // The transforms of a chunk stay below 40 MB.
      let chunks = max(1, (36 * (c + k) * tiles + 9_999_999) / 10_000_000)
      self = .together(chunk: (tiles + chunks - 1) / chunks)
      return
    }
    let groups = max(1, min(8, tiles / 512))
    var parts = c * k <= 4096 ? 1 : 2
    if groups * parts < threads { parts = 6 }
    let shares = (0..<parts).map { WeightGradientShare(rows: 6 * $0 / parts..<6 * ($0 + 1) / parts, channels: 0..<k) }
    self = .groups(groups, shares: shares, chunk: c + k <= 384 ? 32 : 48)
  }
}
