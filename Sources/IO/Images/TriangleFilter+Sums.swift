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
