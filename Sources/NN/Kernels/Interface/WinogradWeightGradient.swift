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
    self.grid = grid
    self.inputs = inputs
    self.outputs = outputs
    self.x = x
    self.dy = dy
  }

  /// Whether row and column 2 of the transforms vanish.
  public var isReduced: Bool { upsamples || spreads }
}

/// Where sums of products lie: [product][input channel][output channel].
public struct GradientSums: Sendable {
  nonisolated(unsafe) public let start: Target
  /// Numbers from one input channel to the next, and from one product to the next.
  public let row: Int, plane: Int

  public init(_ start: Target, row: Int, plane: Int) {
    self.start = start
    self.row = row
    self.plane = plane
  }
}

/// A share of the work on one group of a weight gradient: rows of products (of 6) and output channels.
public struct WeightGradientShare: Sendable {
  public let rows: Range<Int>
  public let channels: Range<Int>

  public init(rows: Range<Int>, channels: Range<Int>) {
    self.rows = rows
    self.channels = channels
  }
}
