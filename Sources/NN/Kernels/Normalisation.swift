/// Mean and sum of squared deviations of every channel over a chunk of rows, by sums shifted with the chunk's first row: no
/// cancellation however far the mean lies from zero.
///
/// x: (rows, C); mean, deviations: (C).
public func chunkMoments(_ x: Source, rows: Int, channels c: Int, mean: Target, deviations: Target) {
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

/// y = (x - mean) * factor + shift for the pixels of one picture; mean, factor, shift: (C).
public func normalise(_ x: Source, pixels: Int, channels c: Int, mean: Source, factor: Source, shift: Source, into y: Target) {
  for p in 0..<pixels {
    let from = x + p * c
    let to = y + p * c
    for j in 0..<c { to[j] = (from[j] - mean[j]) * factor[j] + shift[j] }
  }
}

/// For one picture, per channel: sumDy = sum dy and sumDyX = sum dy * (x - mean) * inverse, in blocks of 64 pixels, blocks added
/// in Double. `block` is scratch of 2 C numbers.
public func gradientSums(
  _ x: Source, _ dy: Source, pixels: Int, channels c: Int, mean: Source, inverse: Source, block: Target,
  sumDy: UnsafeMutablePointer<Double>, sumDyX: UnsafeMutablePointer<Double>
) {
  for j in 0..<c {
    sumDy[j] = 0
    sumDyX[j] = 0
  }
  var start = 0
  while start < pixels {
    let end = min(start + 64, pixels)
    for j in 0..<2 * c { block[j] = 0 }
    for p in start..<end {
      let from = x + p * c
      let given = dy + p * c
      for j in 0..<c {
        block[j] += given[j]
        block[c + j] += given[j] * ((from[j] - mean[j]) * inverse[j])
      }
    }
    for j in 0..<c {
      sumDy[j] += Double(block[j])
      sumDyX[j] += Double(block[c + j])
    }
    start = end
  }
}

/// dx = factor * dy - a - b * (x - mean) for the pixels of one picture, the gradient of batch normalisation with
/// factor = gamma * inverse, a = inverse * mean(gamma dy), b = inverse^2 * mean(gamma dy x̂); all (C).
public func normaliseGradient(
  _ x: Source, _ dy: Source, pixels: Int, channels c: Int, mean: Source, factor: Source, a: Source, b: Source, into dx: Target
) {
  for p in 0..<pixels {
    let from = x + p * c
    let given = dy + p * c
    let to = dx + p * c
    for j in 0..<c { to[j] = factor[j] * given[j] - a[j] - b[j] * (from[j] - mean[j]) }
  }
}
