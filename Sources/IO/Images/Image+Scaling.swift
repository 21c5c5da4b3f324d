extension Image {
  /// The pixels of `box` (`nil`: all) scaled to `width` x `height` by a triangle filter that widens where the image shrinks, so that
  /// nothing aliases. Columns first, then rows, in whole numbers with 8 bits between: bit for bit as the
  /// `resize((width, height), BILINEAR, box)` of Pillow up to version 12. Version 13 takes the rows first where the height shrinks much
  /// more than the width, which moves single values by one.
  ///
  /// As there, pixels beside the box count where the filter reaches over its edge; who wants them omitted (as torchvision's
  /// `RandomResizedCrop` has it) scales what `cropped(to:)` gives.
  public func scaled(width: Int, height: Int, from box: ImageBox? = nil) -> Image {
    precondition(width > 0 && height > 0, "Image.scaled: the sides must be positive, got \(width)x\(height)")
    let box = box ?? whole
    check(box, "scaled")
    return filtered(
      columns: TriangleFilter(box.x..<box.x + box.width, of: self.width, to: width, only: 0..<width),
      rows: TriangleFilter(box.y..<box.y + box.height, of: self.height, to: height, only: 0..<height))
  }

  /// The pixels of `box` alone.
  public func cropped(to box: ImageBox) -> Image {
    check(box, "cropped")
    var cut: [UInt8] = []
    cut.reserveCapacity(box.width * box.height * 3)
    for y in box.y..<box.y + box.height {
      let start = (y * width + box.x) * 3
      cut += rgb[start..<start + box.width * 3]
    }
    return Image(width: box.width, height: box.height, rgb: cut)
  }

  /// Scaled so that the shorter side is `side` and the longer one `side * longer / shorter`, rounded down, as torchvision's `Resize` has
  /// it; of that the middle square, (longer - `side`) / 2 from the edge, halves to the even number, as its `CenterCrop` has it.
  /// What lies outside of the square is never computed, however long the image is.
  public func centreSquare(side: Int) -> Image {
    precondition(side > 0, "Image.centreSquare: the side must be positive, got \(side)")
    func filter(_ length: Int, _ size: Int) -> TriangleFilter {
      let (half, odd) = (size - side).quotientAndRemainder(dividingBy: 2)
      let start = half + (odd == 1 && half % 2 == 1 ? 1 : 0)
      return TriangleFilter(0..<length, of: length, to: size, only: start..<start + side)
    }
    let shorter = min(width, height)
    return filtered(columns: filter(width, side * width / shorter), rows: filter(height, side * height / shorter))
  }

  private var whole: ImageBox { ImageBox(x: 0, y: 0, width: width, height: height) }

  private func check(_ box: ImageBox, _ operation: String) {
    precondition(
      box.x >= 0 && box.y >= 0 && box.width > 0 && box.height > 0 && box.width <= width - box.x && box.height <= height - box.y,
      "Image.\(operation): the box \(box.width)x\(box.height) at (\(box.x), \(box.y)) does not lie in the image of \(width)x\(height)")
  }

  private func filtered(columns: TriangleFilter, rows: TriangleFilter) -> Image {
    let (width, height, reach) = (columns.first.count, rows.first.count, rows.reach)
    let narrow = [UInt8](unsafeUninitializedCapacity: reach.count * width * 3) { narrow, count in
      rgb.withUnsafeBufferPointer { pixels in
        for y in reach {
          columns.sumPixels(pixels.baseAddress! + y * self.width * 3, into: narrow.baseAddress! + (y - reach.lowerBound) * width * 3)
        }
      }
      count = reach.count * width * 3
    }
    let scaled = [UInt8](unsafeUninitializedCapacity: width * height * 3) { scaled, count in
      narrow.withUnsafeBufferPointer { rows.sumRows($0.baseAddress!, of: width * 3, from: reach.lowerBound, into: scaled.baseAddress!) }
      count = width * height * 3
    }
    return Image(width: width, height: height, rgb: scaled)
  }
}
