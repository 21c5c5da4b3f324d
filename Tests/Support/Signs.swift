import NN

/// Loops of comparisons over many numbers, here where they are optimised in debug builds too.
public enum Signs {
  /// A tensor's numbers after some were moved.
  public struct Change {
    public let values: [Float]
    public let count: Int
    /// The greatest move, relative to the root mean square of the tensor.
    public let farthest: Double
  }

  /// Numbers of a tensor, by their place in memory.
  public typealias Places<Value> = [(place: Int, value: Value)]

  public static func of(_ x: Tensor) -> [Bool] { x.values.map { $0 > 0 } }

  /// Moves those on the wrong side of zero to it or just above; nil where there are none.
  public static func change(_ x: Tensor, to signs: [Bool]) -> Change? {
    let values = x.values
    precondition(values.count == signs.count, "Signs: \(values.count) numbers, \(signs.count) signs")
    return moved(values, values.indices.filter { (values[$0] > 0) != signs[$0] }.map { ($0, signs[$0] ? barely : 0) })
  }

  /// The same for the listed places alone. A number that is to be negative is moved just below zero.
  public static func change(_ x: Tensor, at places: Places<Bool>) -> Change? {
    let values = x.values
    return moved(values, places.filter { $0.value ? values[$0.place] <= 0 : values[$0.place] >= 0 }.map { ($0.place, $0.value ? barely : -barely) })
  }

  /// Replaces the listed numbers.
  public static func change(_ x: Tensor, toKnown places: Places<Float>) -> Change? { moved(x.values, places) }

  private static let barely: Float = 1e-30

  private static func moved(_ values: [Float], _ places: Places<Float>) -> Change? {
    guard !places.isEmpty else { return nil }
    var (result, farthest) = (values, Float(0))
    for (place, value) in places {
      farthest = max(farthest, abs(value - values[place]))
      result[place] = value
    }
    let squares = values.reduce(0.0) { $0 + Double($1) * Double($1) }
    return Change(values: result, count: places.count, farthest: Double(farthest) / (squares / Double(values.count)).squareRoot())
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
