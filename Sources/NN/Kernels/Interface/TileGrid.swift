/// The output of a 3 x 3 convolution with stride 1 and padding 1, cut into tiles of 4 x 4 pixels: picture by picture, row by row.
/// Tiles at the right and lower edge may hang over.
public struct TileGrid: Sendable {
  public let pictures: Int, height: Int, width: Int
  /// Tiles in a row, in a column, in all.
  public let across: Int, down: Int, count: Int

  public init(pictures: Int, height: Int, width: Int) {
    self.pictures = pictures
    self.height = height
    self.width = width
    across = (width + 3) / 4
    down = (height + 3) / 4
    count = pictures * across * down
  }

  /// Picture, row and column (in tiles) of a tile.
  @inlinable
  public func place(_ tile: Int) -> (picture: Int, row: Int, column: Int) {
    let picture = tile / (across * down)
    let rest = tile - picture * across * down
    return (picture, rest / across, rest % across)
  }
}
