/// How the pixels along one side of an image become those of a scaled one: for each of these, which pixels count, and how much.
///
/// The weights are Pillow's, bit for bit: a triangle of half width max(1, pixels before / pixels after), cut off at the image's ends,
/// in units of 2^-22. They take divisions in Double, each rounded by itself as IEEE 754 has it, so they are the same on every processor.
struct TriangleFilter {
  static let precision: Int32 = 22

  /// For each pixel made, the first one that counts, and where its weights begin; one more at the end.
  private(set) var first: [Int] = []
  private(set) var begin: [Int] = [0]
  /// In 0...2^22. Those of one pixel sum to less than 2^23, whatever their rounding: times 255 that fits into 32 bits.
  private(set) var weights: [Int32] = []

  /// - Parameters:
  ///   - part: the pixels that are spread over `size` ones. Those beside it count too where the triangle reaches over its ends.
  ///   - length: the pixels along the side, `part` among them.
  ///   - wanted: which of the `size` pixels are made.
  init(_ part: Range<Int>, of length: Int, to size: Int, only wanted: Range<Int>) {
    let scale = Double(part.count) / Double(size)
    let support = max(scale, 1)
    for pixel in wanted { append(around: Double(part.lowerBound) + (Double(pixel) + 0.5) * scale, support, length) }
  }

  /// The pixels that any weight is for.
  var reach: Range<Int> {
    // Both ends move to the right from one made pixel to the next.
    (first.first ?? 0)..<((first.last ?? 0) + (begin.count > 1 ? begin[begin.count - 1] - begin[begin.count - 2] : 0))
  }

  private mutating func append(around centre: Double, _ support: Double, _ length: Int) {
    let start = max(Int(centre - support + 0.5), 0)
    let end = min(Int(centre + support + 0.5), length)
    // Pillow multiplies by the reciprocal; a division would be rounded otherwise.
    let narrowing = 1 / support
    var sum = 0.0
    let triangle = (start..<end).map { pixel in
      let weight = max(1 - abs((Double(pixel) - centre + 0.5) * narrowing), 0)
      sum += weight
      return weight
    }
    first.append(start)
    for weight in triangle { weights.append(Int32((sum == 0 ? weight : weight / sum) * Double(1 << Self.precision) + 0.5)) }
    begin.append(weights.count)
  }
}

/// Loops over raw memory. They read where `first` and `begin` say, all of it within the length that the filter was made for.
/// No sum overflows 32 bits (see `weights`), so they are taken without asking.
extension TriangleFilter {
  private static let half: Int32 = 1 << (precision - 1)

  /// One row of RGB pixels (the whole side) to the row of pixels that are made of it.
  func sumPixels(_ row: UnsafePointer<UInt8>, into made: UnsafeMutablePointer<UInt8>) {
    weights.withUnsafeBufferPointer { weights in
      for pixel in first.indices {
        var (red, green, blue) = (Self.half, Self.half, Self.half)
        var source = row + first[pixel] * 3
        for weight in begin[pixel]..<begin[pixel + 1] {
          let weight = weights[weight]
          red &+= Int32(truncatingIfNeeded: source[0]) &* weight
          green &+= Int32(truncatingIfNeeded: source[1]) &* weight
          blue &+= Int32(truncatingIfNeeded: source[2]) &* weight
          source += 3
        }
        made[pixel * 3] = Self.byte(red)
        made[pixel * 3 + 1] = Self.byte(green)
        made[pixel * 3 + 2] = Self.byte(blue)
      }
    }
  }

  /// Rows of `count` bytes each, the first of them number `start` of the side, to the rows that are made of them.
  func sumRows(_ rows: UnsafePointer<UInt8>, of count: Int, from start: Int, into made: UnsafeMutablePointer<UInt8>) {
    withUnsafeTemporaryAllocation(of: Int32.self, capacity: count) { sums in
      for row in first.indices {
        sums.update(repeating: Self.half)
        for weight in begin[row]..<begin[row + 1] {
          add(rows + (first[row] - start + weight - begin[row]) * count, times: weights[weight], to: sums)
        }
        for index in 0..<count { made[row * count + index] = Self.byte(sums[index]) }
      }
    }
  }

  private func add(_ row: UnsafePointer<UInt8>, times weight: Int32, to sums: UnsafeMutableBufferPointer<Int32>) {
    guard let sum = sums.baseAddress else { return }
    for index in 0..<sums.count { sum[index] &+= Int32(truncatingIfNeeded: row[index]) &* weight }
  }

  /// Rounded weights may sum to a little more than 1.
  private static func byte(_ sum: Int32) -> UInt8 { UInt8(truncatingIfNeeded: min(sum >> precision, 255)) }
}
