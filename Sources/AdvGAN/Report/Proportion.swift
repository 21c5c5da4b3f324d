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

/// The difference of two shares of images, with what chance alone does to it.
struct ProportionDifference: Equatable, Sendable {
  /// One fraction minus the other, in [-1, 1]; not a number where one of them has no images.
  let value: Double

  /// 95 % interval around `value`, as fractions within [-1, 1], in general not symmetric; all of it where there are no images.
  ///
  /// Newcombe's hybrid score interval: with the fractions p1 and p2 and their Wilson intervals [l1, u1] and [l2, u2],
  ///
  ///     low  = p1 - p2 - sqrt((p1 - l1)^2 + (u2 - p2)^2)
  ///     high = p1 - p2 + sqrt((u1 - p1)^2 + (p2 - l2)^2)
  ///
  /// Source: R. G. Newcombe, "Interval estimation for the difference between independent proportions: comparison of eleven methods",
  /// Statistics in Medicine 17 (1998) 873-890, method 10. Wald's interval, 1.96 standard errors to both sides, promises too much near 0 and
  /// 1: it has no width at all for 0 of n.
  ///
  /// The two samples are taken as independent. For two models on the same images the interval is usually too wide (their mistakes agree), so
  /// a difference beyond it is safe to call one.
  let interval: ClosedRange<Double>

  /// `one` minus `other`.
  init(_ one: Proportion, minus other: Proportion) {
    value = one.fraction - other.fraction
    guard one.total > 0, other.total > 0 else {
      interval = -1...1
      return
    }
    func length(_ a: Double, _ b: Double) -> Double { (a * a + b * b).squareRoot() }
    let down = length(one.fraction - one.interval.lowerBound, other.interval.upperBound - other.fraction)
    let up = length(one.interval.upperBound - one.fraction, other.fraction - other.interval.lowerBound)
    interval = max(-1, value - down)...min(1, value + up)
  }

  /// Whether the choice of images alone does not explain it: the interval leaves 0 out. An end that is 0 counts as within.
  var isBeyondChance: Bool { interval.lowerBound > 0 || interval.upperBound < 0 }

  /// The interval in percentage points, from low to high: `+1.9 to +8.5`.
  var intervalWords: String { "\(Decimals.signed(100 * interval.lowerBound, 1)) to \(Decimals.signed(100 * interval.upperBound, 1))" }
}
