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

  /// How many pixels these tiles have inside of their pictures.
  public func pixels(in tiles: Range<Int>) -> Int {
    tiles.reduce(0) { sum, tile in
      let place = place(tile)
      return sum + min(4, height - 4 * place.row) * min(4, width - 4 * place.column)
    }
  }
}
