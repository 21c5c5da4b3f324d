import NNKernels

/// What the processor and its memory can do at most: what other kernels are measured against.
extension KernelSet {
  public var operationsPerRound: Int { 2 * 12 * lanes }

  public func multiplyAdds(rounds: Int, start: Float) -> Float {
    let factor = Vector(repeating: 0.5)
    let term = Vector(repeating: start)
    // Twelve sums that wait for nobody but themselves keep all multipliers busy; they differ, or they would be computed once.
    var sums: InlineArray<12, Vector> = [
      term * 0, term, term * 2, term * 3, term * 4, term * 5, term * 6, term * 7, term * 8, term * 9, term * 10, term * 11,
    ]
    for _ in 0..<rounds {
      for i in 0..<12 { sums[i] = term.plus(sums[i], times: factor) }
    }
    var total = sums[0]
    for i in 1..<12 { total += sums[i] }
    return total.sum()
  }

  public func total(_ x: Source, _ range: Range<Int>) -> Float {
    var sums = InlineArray<8, Vector>(repeating: Vector(repeating: 0))
    var i = range.lowerBound
    while i + 8 * lanes <= range.upperBound {
      for j in 0..<8 { sums[j] += Vector(at: x + i + j * lanes) }
      i += 8 * lanes
    }
    var total = sums[0]
    for j in 1..<8 { total += sums[j] }
    var rest = total.sum()
    while i < range.upperBound {
      rest += x[i]
      i += 1
    }
    return rest
  }
}
