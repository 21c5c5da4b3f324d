import NNKernels

extension KernelSet {
  public func chunkStatistics(_ x: Source, rows: Int, channels c: Int, mean: Target, deviations: Target) {
    for j in 0..<c {
      mean[j] = 0
      deviations[j] = 0
    }
    for row in 0..<rows {
      let line = x + row * c
      for j in 0..<c {
        let d = line[j] - x[j]
        mean[j] += d
        deviations[j] += d * d
      }
    }
    let share = 1 / Float(rows)
    for j in 0..<c {
      let shifted = mean[j] * share
      deviations[j] -= shifted * mean[j]
      mean[j] = x[j] + shifted
    }
  }

  public func normalise(
    _ x: Source, _ image: ImageSize, halves: Bool, mean: Source, factor: Source, shift: Source, residual: Source?, into y: Target
  ) {
    let c = image.channels
    let (height, width) = halves ? (image.height / 2, image.width / 2) : (image.height, image.width)
    for row in 0..<height {
      for column in 0..<width {
        let to = y + (row * width + column) * c
        if halves {
          let a = x + (2 * row * image.width + 2 * column) * c
          let b = a + image.width * c
          for j in 0..<c { to[j] = (((a[j] + a[c + j]) + (b[j] + b[c + j])) * 0.25 - mean[j]) * factor[j] + shift[j] }
        } else {
          let from = x + (row * width + column) * c
          for j in 0..<c { to[j] = (from[j] - mean[j]) * factor[j] + shift[j] }
        }
        if let residual {
          let more = residual + (row * width + column) * c
          for j in 0..<c { to[j] += more[j] }
        }
      }
    }
  }

  public func gradientSums(
    _ x: Source, _ dy: Source, _ image: ImageSize, halves: Bool, mean: Source, inverse: Source, block: Target,
    sumDy: UnsafeMutablePointer<Double>, sumDyX: UnsafeMutablePointer<Double>
  ) {
    let c = image.channels
    for j in 0..<c {
      sumDy[j] = 0
      sumDyX[j] = 0
    }
    for row in 0..<image.height {
      if halves && row / 2 >= image.height / 2 { break }
      for j in 0..<2 * c { block[j] = 0 }
      for column in 0..<(halves ? image.width / 2 * 2 : image.width) {
        let from = x + (row * image.width + column) * c
        let given = dy + givenPixel(row, column, image, halves) * c
        for j in 0..<c {
          block[j] += given[j]
          block[c + j] += given[j] * ((from[j] - mean[j]) * inverse[j])
        }
      }
      let share: Double = halves ? 0.25 : 1
      for j in 0..<c {
        sumDy[j] += share * Double(block[j])
        sumDyX[j] += share * Double(block[c + j])
      }
    }
  }

  public func normaliseGradient(
    _ x: Source, _ dy: Source, _ image: ImageSize, halves: Bool, mean: Source, factor: Source, a: Source, b: Source, into dx: Target
  ) {
    let c = image.channels
    let share: Float = halves ? 0.25 : 1
    for row in 0..<image.height {
      for column in 0..<image.width {
        let p = (row * image.width + column) * c
        let from = x + p
        let to = dx + p
        if halves && (row / 2 >= image.height / 2 || column / 2 >= image.width / 2) {
          for j in 0..<c { to[j] = -a[j] - b[j] * (from[j] - mean[j]) }
        } else {
          let given = dy + givenPixel(row, column, image, halves) * c
          for j in 0..<c { to[j] = factor[j] * (share * given[j]) - a[j] - b[j] * (from[j] - mean[j]) }
        }
      }
    }
  }
}

/// The pixel of dy that belongs to a pixel of x.
@inline(__always) private func givenPixel(_ row: Int, _ column: Int, _ image: ImageSize, _ halves: Bool) -> Int {
  halves ? row / 2 * (image.width / 2) + column / 2 : row * image.width + column
}
