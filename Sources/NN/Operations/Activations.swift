extension Tape {
  /// max(x, 0); the negativeSlope at 0 is 0.
  public mutating func relu(_ x: Variable) -> Variable { leakyReLU(x, negativeSlope: 0) }

  /// x where x > 0, else negativeSlope * x.
  public mutating func leakyReLU(_ x: Variable, negativeSlope: Float) -> Variable {
    let backend = backend
    return record(backend.leakyReLU(x.value, negativeSlope: negativeSlope), from: [x]) { [backend.leakyReLUGradient(x.value, $0, negativeSlope: negativeSlope)] }
  }

  public mutating func tanh(_ x: Variable) -> Variable {
    let backend = backend
    let y = backend.tanh(x.value)
    return record(y, from: [x]) { [backend.tanhGradient(y, $0)] }
  }

  public mutating func add(_ a: Variable, _ b: Variable) -> Variable {
    record(backend.sum(a.value, b.value), from: [a, b]) { [a.isTraced ? $0 : nil, b.isTraced ? $0 : nil] }
  }

  /// The same numbers under another shape.
  public mutating func reshape(_ x: Variable, _ shape: [Int]) -> Variable {
    record(x.value.reshaped(shape), from: [x]) { [$0.reshaped(x.shape)] }
  }
}
