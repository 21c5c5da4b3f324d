import NN

/// Loops of comparisons over many numbers, here where they are optimised in debug builds too.
public enum Signs {
  public static func of(_ x: Tensor) -> [Bool] { x.values.map { $0 > 0 } }

  /// The numbers of x, those on the wrong side of zero moved to it or just above; nil where there are none. And how many.
  public static func moved(_ x: Tensor, to signs: [Bool]) -> (values: [Float], count: Int)? {
    var (values, count) = (x.values, 0)
    precondition(values.count == signs.count, "Signs: \(values.count) numbers, \(signs.count) signs")
    for place in values.indices where (values[place] > 0) != signs[place] {
      values[place] = signs[place] ? 1e-30 : 0
      count += 1
    }
    return count == 0 ? nil : (values, count)
  }
}

extension StateTensor {
  /// Sums of squares: of what these numbers differ from those expected, and of what should have changed since `before`.
  public func deviation(from expected: StateTensor, since before: StateTensor) -> (difference: Double, change: Double) {
    var (differences, changes) = (0.0, 0.0)
    for (place, value) in expected.values.enumerated() {
      let (difference, change) = (Double(values[place]) - Double(value), Double(value) - Double(before.values[place]))
      differences += difference * difference
      changes += change * change
    }
    return (differences, changes)
  }
}
