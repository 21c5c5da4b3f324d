import NNKernels

/// How the tiles of a convolution are cut into pieces of work. Depends on shapes alone: no number of y depends on it, but the
/// moments that a convolution takes of y do.
enum ConvolutionPlan: Equatable {
  /// Groups of so many tiles, each from pixels to pixels: the transformed inputs of a group stay in a core's own cache.
  case groups(tiles: Int)
  /// Where inputs have too many channels for that: `chunk` tiles are transformed first, then multiplied in pieces of `tiles` tiles by
  /// `blocks` blocks of output channels, so that filters and inputs are each fetched a few times only.
  case together(chunk: Int, tiles: Int, blocks: Int)

  init(tiles count: Int, inputs c: Int, blocks: Int) {
    if c < 512 {
      self = .groups(tiles: 24)
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
struct WeightGradientPlan {
  /// Groups of tiles with sums of their own; depends on shapes alone, because it decides the order of summation.
  let groups: Int
  /// What each group is split into; any split gives the same bits.
  let shares: [WeightGradientShare]
  /// Tiles that are transformed at a time.
  let chunk: Int

  init(tiles: Int, inputs c: Int, outputs k: Int, threads: Int) {
    // Sums of all groups together stay below 80 MB.
    groups = max(1, min(8, tiles / 128, 20_000_000 / (36 * c * k)))
    var width = k
    while width > 64, c * width > 131_072, width % 32 == 0 { width /= 2 }
    var parts = c * width <= 4096 ? 1 : 2
    if groups * parts * (k / width) < threads { parts = 6 }
    shares = (0..<parts).flatMap { part in
      stride(from: 0, to: k, by: width).map {
        WeightGradientShare(rows: 6 * part / parts..<6 * (part + 1) / parts, channels: $0..<min(k, $0 + width))
      }
    }
    chunk = c + width <= 384 ? 32 : 48
  }
}
