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
    self.grid = grid
    self.inputs = inputs
    self.outputs = outputs
    self.x = x
    self.filter = filter
    self.y = y
  }

  /// Whether row and column 2 of the transforms are skipped.
  public var isReduced: Bool { upsamples || sums }
}
