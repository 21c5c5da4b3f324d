import NN
import Testing

/// How far numbers may lie from those expected.
public struct Tolerance: Sendable {
  /// Of the Euclidean length of the difference, relative to that of the expected numbers.
  public var length: Double
  /// Of the largest single difference, relative to the largest expected number.
  public var peak: Double
  /// Allowed to every single number besides.
  public var absolute: Double

  public init(length: Double, peak: Double, absolute: Double = 0) {
    self.length = length
    self.peak = peak
    self.absolute = absolute
  }

  /// What a layer in Float32 keeps of a result in float64.
  public static let golden = Tolerance(length: 1e-5, peak: 1e-5)
  /// What a whole network keeps of it, where no kink is so near that rounding decides the side. Measured: 2e-6, VGG16 9e-6.
  public static let network = Tolerance(length: 1e-4, peak: 1e-4)
  public static let exact = Tolerance(length: 0, peak: 0)
}

/// What speaks against `actual` being `expected`, with the worst place and both its numbers; nil if nothing does. Numbers that are not
/// finite never agree.
public func disagreement(_ actual: StateTensor, _ expected: StateTensor, _ tolerance: Tolerance) -> String? {
  guard actual.shape == expected.shape, actual.values.count == expected.values.count else {
    return "shape \(actual.shape) instead of \(expected.shape)"
  }
  var (worst, place, peak, differences, squares) = (0.0, 0, 0.0, 0.0, 0.0)
  for index in expected.values.indices {
    let (a, e) = (actual.values[index], expected.values[index])
    guard a.isFinite, e.isFinite else { return "\(a) instead of \(e) at \(coordinates(index, actual.shape))" }
    let difference = abs(Double(a) - Double(e))
    if difference > worst { (worst, place) = (difference, index) }
    if abs(Double(e)) > peak { peak = abs(Double(e)) }
    differences += difference * difference
    squares += Double(e) * Double(e)
  }
  let length = tolerance.length * squares.squareRoot() + tolerance.absolute * Double(actual.values.count).squareRoot()
  guard differences.squareRoot() <= length, worst <= tolerance.peak * peak + tolerance.absolute else {
    return """
      \(actual.values[place]) instead of \(expected.values[place]) at \(coordinates(place, actual.shape)), the worst place: \
      \(worst / peak) of the largest number; relative length of the difference \((differences / squares).squareRoot())
      """
  }
  return nil
}

/// Records an issue unless the numbers agree.
public func expectAgreement(
  _ actual: StateTensor, _ expected: StateTensor, _ what: String, within tolerance: Tolerance = .golden,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  if let problem = disagreement(actual, expected, tolerance) { Issue.record("\(what): \(problem)", sourceLocation: sourceLocation) }
}

/// The same for a tensor in its order in memory.
public func expectAgreement(
  _ actual: Tensor, _ expected: StateTensor, _ what: String, within tolerance: Tolerance = .golden,
  sourceLocation: SourceLocation = #_sourceLocation
) {
  expectAgreement(StateTensor(actual), expected, what, within: tolerance, sourceLocation: sourceLocation)
}

private func coordinates(_ index: Int, _ shape: [Int]) -> [Int] {
  var rest = index
  return shape.reversed().map { length in
    defer { rest /= length }
    return rest % length
  }.reversed()
}
