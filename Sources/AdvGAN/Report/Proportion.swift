/// A share of images: `correct` of `total`, with what chance alone does to it.
///
/// The images are taken as a random sample of all images of their kind, each right or wrong independently of the others (binomial).
/// The interval covers the choice of images only: not the luck of one training run, nor an attack that could have been stronger.
struct Proportion: Equatable, Sendable {
  let correct: Int
  let total: Int

  /// The 97.5 % point of the standard normal distribution.
  static let z = 1.959963984540054

  /// In [0, 1]; not a number when there are no images.
  var fraction: Double { Double(correct) / Double(total) }

  /// Binomial standard error sqrt(p (1 - p) / n), as a fraction.
  var standardError: Double { (fraction * (1 - fraction) / Double(total)).squareRoot() }

  /// Wilson's 95 % interval, as fractions within [0, 1]. Unlike p +- 1.96 standard errors it stays sensible near 0 and 1.
  var interval: ClosedRange<Double> {
    guard total > 0 else { return 0...1 }
    let n = Double(total)
    let p = fraction
    let zz = Self.z * Self.z
    let centre = (p + zz / (2 * n)) / (1 + zz / n)
    let half = Self.z / (1 + zz / n) * (p * (1 - p) / n + zz / (4 * n * n)).squareRoot()
    return max(0, centre - half)...min(1, centre + half)
  }
}
