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
  public var tileInputs: TileInputs {
    TileInputs(grid: grid, channels: inputs, x: x, upsamples: upsamples, negativeSlope: negativeSlope)
  }
}

extension WinogradWeightGradient {
  public var tileInputs: TileInputs {
    TileInputs(grid: grid, channels: inputs, x: x, upsamples: upsamples, negativeSlope: negativeSlope)
  }
}
