/// Pearson's statistic of counts that should be equal, in standard deviations of its distribution (about normal for many cells):
/// beyond 5 hardly by chance, and with fixed seeds always the same.
func chiSquareDeviations(_ counts: [Int]) -> Double {
  let expected = Double(counts.reduce(0, +)) / Double(counts.count)
  let statistic = counts.reduce(0.0) { $0 + (Double($1) - expected) * (Double($1) - expected) / expected }
  let freedom = Double(counts.count - 1)
  return (statistic - freedom) / (2 * freedom).squareRoot()
}
