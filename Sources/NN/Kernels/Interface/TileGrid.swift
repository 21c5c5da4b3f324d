/// The output of a 3 x 3 convolution with stride 1 and padding 1, cut into tiles of 4 x 4 pixels: image by image, row by row.
/// Tiles at the right and lower edge may hang over.
public struct TileGrid: Sendable {
  public let images: Int, height: Int, width: Int
  /// Tiles in a row, in a column, in all.
  public let across: Int, down: Int, count: Int

  public init(images: Int, height: Int, width: Int) {
    self.images = images
    self.height = height
    self.width = width
    across = (width + 3) / 4
    down = (height + 3) / 4
    count = images * across * down
  }

  /// Image, row and column (in tiles) of a tile.
  @inlinable
  public func place(_ tile: Int) -> (image: Int, row: Int, column: Int) {
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
