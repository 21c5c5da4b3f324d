/// The output of a 3 x 3 convolution with stride 1 and padding 1, cut into tiles of 4 x 4 pixels: image by image, row by row.
/// Tiles at the right and lower edge may hang over.
public struct TileGrid: Sendable {
  public let images: Int, height: Int, width: Int
  /// Tiles in a row, in a column, in all.
  public let across: Int, down: Int, count: Int

  public init(images: Int, height: Int, width: Int) {
    (self.images, self.height, self.width) = (images, height, width)
    across = (width + 3) / 4
    down = (height + 3) / 4
    count = images * across * down
  }

  /// Image, row and column (in tiles) of a tile.
  @inlinable public func place(_ tile: Int) -> (image: Int, row: Int, column: Int) {
    let image = tile / (across * down)
    let rest = tile - image * across * down
    return (image, rest / across, rest % across)
  }

  /// How many pixels these tiles have inside of their images.
  public func pixels(in tiles: Range<Int>) -> Int {
    tiles.reduce(0) { sum, tile in
      let place = place(tile)
      return sum + min(4, height - 4 * place.row) * min(4, width - 4 * place.column)
    }
  }
}

/// What the input tiles of a convolution are read from: 6 x 6 pixels around each tile of 4 x 4.
public struct TileInputs: Sendable {
  /// Of the convolution: after repeating.
  public let grid: TileGrid
  public let channels: Int
  /// (N, H, W, C), or (N, H / 2, W / 2, C) to be repeated.
  nonisolated(unsafe) public let x: Source
  public let upsamples: Bool
  /// x counts as x where positive, else as negativeSlope * x; nil: as it is.
  public let negativeSlope: Float?
}

extension WinogradConvolution {
  public var tileInputs: TileInputs { TileInputs(grid: grid, channels: inputs, x: x, upsamples: upsamples, negativeSlope: negativeSlope) }
}

extension WinogradWeightGradient {
  public var tileInputs: TileInputs { TileInputs(grid: grid, channels: inputs, x: x, upsamples: upsamples, negativeSlope: negativeSlope) }
}

/// A 3 x 3 convolution with stride 1 and padding 1 by Winograd's F(4 x 4, 3 x 3) (Lavin and Gray 2015), with what surrounds it:
///
/// ```
/// o = w * up(ReLU(x))          up: every pixel repeated 2 x 2 times, where wanted
/// o = sum of o over 2 x 2 pixels  where wanted
/// y = gate(factor * o + bias) + (repeated) residual
/// ```
///
/// Forward it is used with `bias` and `residual`; as an input gradient (filter turned, channels exchanged) with `gate`.
/// Pooled outputs and repeated inputs leave 25 of the 36 products: row and column 2 of the transforms vanish or are not needed.
public struct WinogradConvolution: Sendable {
  /// Of the convolution itself: after repeating, before summing.
  public let grid: TileGrid
  public let inputs: Int, outputs: Int

  /// (N, H, W, C), or (N, H / 2, W / 2, C) to be repeated.
  nonisolated(unsafe) public var x: Source
  public var upsamples = false
  /// x counts as x where positive, else as negativeSlope * x; nil: as it is.
  public var negativeSlope: Float?

  /// As `transformFilter` packs it.
  nonisolated(unsafe) public var filter: Source

  /// (N, H, W, K), or (N, H / 2, W / 2, K) when summed.
  nonisolated(unsafe) public var y: Target
  public var sums = false
  public var factor: Float = 1
  /// (K).
  nonisolated(unsafe) public var bias: Source?
  /// Of the shape of y: y is kept where it is positive, else multiplied by `gateNegativeSlope`.
  nonisolated(unsafe) public var gate: Source?
  public var gateNegativeSlope: Float = 0
  /// Of the shape of y, or (N, H / 2, W / 2, K) to be repeated (not together with `sums`).
  nonisolated(unsafe) public var residual: Source?
  public var repeatsResidual = false

  /// Where wanted, mean and sum of squared deviations of y over each group of tiles: (groups, 2, K). Sums are shifted with the
  /// group's first number, so nothing cancels.
  nonisolated(unsafe) public var batchStatistics: Target?
  /// Tiles of a group of `batchStatistics`: as many as are convolved at a time.
  public var statisticsGroup = 1

  public init(_ grid: TileGrid, inputs: Int, outputs: Int, x: Source, filter: Source, y: Target) {
    (self.grid, self.inputs, self.outputs, self.x, self.filter, self.y) = (grid, inputs, outputs, x, filter, y)
  }

  /// Whether row and column 2 of the transforms are skipped.
  public var isReduced: Bool { upsamples || sums }
}

/// The weight gradient of a 3 x 3 convolution by the same tiles: dw = GT (sum over tiles of (BT x B) (A dy AT)) G.
///
/// The sums are kept in groups of tiles that depend on the shapes alone, so that they can be made side by side in any order.
public struct WinogradWeightGradient: Sendable {
  /// Of the convolution: after repeating x, before averaging its outputs.
  public let grid: TileGrid
  public let inputs: Int, outputs: Int

  /// (N, H, W, C), or (N, H / 2, W / 2, C) to be repeated.
  nonisolated(unsafe) public var x: Source
  public var upsamples = false
  /// x counts as x where positive, else as negativeSlope * x; nil: as it is.
  public var negativeSlope: Float?

  /// (N, H, W, K), or (N, H / 2, W / 2, K) to be spread over 2 x 2 pixels each.
  nonisolated(unsafe) public var dy: Source
  public var spreads = false

  public init(_ grid: TileGrid, inputs: Int, outputs: Int, x: Source, dy: Source) {
    (self.grid, self.inputs, self.outputs, self.x, self.dy) = (grid, inputs, outputs, x, dy)
  }

  /// Whether row and column 2 of the transforms vanish.
  public var isReduced: Bool { upsamples || spreads }
}

/// Where sums of products lie: [product][input channel][output channel].
public struct GradientSums: Sendable {
  nonisolated(unsafe) public let start: Target
  /// Numbers from one input channel to the next, and from one product to the next.
  public let row: Int, plane: Int

  public init(_ start: Target, row: Int, plane: Int) { (self.start, self.row, self.plane) = (start, row, plane) }
}

/// A share of the work on one group of a weight gradient: rows of products (of 6) and output channels.
public struct WeightGradientShare: Sendable {
  public let rows: Range<Int>
  public let channels: Range<Int>

  public init(rows: Range<Int>, channels: Range<Int>) { (self.rows, self.channels) = (rows, channels) }
}
