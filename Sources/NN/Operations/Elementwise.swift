/// Activations, sums and shapes.
extension Tape {
  /// max(x, 0), whose derivative at 0 is 0.
  public mutating func relu(_ x: Variable) -> Variable { leakyReLU(x, negativeSlope: 0) }

  /// x where x > 0, else negativeSlope * x.
  public mutating func leakyReLU(_ x: Variable, negativeSlope: Float) -> Variable {
    let backend = backend
    return record(backend.leakyReLU(x.value, negativeSlope: negativeSlope), from: [x]) {
      [backend.leakyReLUGradient(x.value, $0, negativeSlope: negativeSlope)]
    }
  }

  public mutating func tanh(_ x: Variable) -> Variable {
    let backend = backend
    let y = backend.tanh(x.value)
    return record(y, from: [x]) { [backend.tanhGradient(y, $0)] }
  }

  public mutating func add(_ a: Variable, _ b: Variable) -> Variable {
    record(backend.sum(a.value, b.value), from: [a, b]) { [a.isTraced ? $0 : nil, b.isTraced ? $0 : nil] }
  }

  /// The same elements under another shape.
  public mutating func reshape(_ x: Variable, _ shape: [Int]) -> Variable {
    record(x.value.reshaped(shape), from: [x]) { [$0.reshaped(x.shape)] }
  }
}

/// Pooling.
extension Tape {
  /// Mean over k x k windows without overlap: (N, H, W, C) -> (N, H / k, W / k, C).
  public mutating func averagePool(_ x: Variable, _ k: Int) -> Variable {
    let (backend, inputShape) = (backend, x.shape)
    return record(
      backend.averagePool(x.value, k), from: [x], accumulating: { backend.addAveragePoolGradient($0, k, to: &$1) },
      { [backend.averagePoolGradient($0, inputShape: inputShape, k)] })
  }

  /// Maximum over 2 x 2 windows without overlap.
  public mutating func maximumPool(_ x: Variable) -> Variable {
    let backend = backend
    return record(backend.maximumPool(x.value), from: [x]) { [backend.maximumPoolGradient(x.value, $0)] }
  }

  /// Every pixel repeated 2 x 2 times (nearest neighbour): (N, H, W, C) -> (N, 2 H, 2 W, C).
  public mutating func upsample(_ x: Variable) -> Variable {
    let backend = backend
    return record(backend.upsample(x.value), from: [x]) { [backend.upsampleGradient($0)] }
  }

  /// Sum over all pixels: (N, H, W, C) -> (N, C).
  public mutating func sumPool(_ x: Variable) -> Variable {
    let (backend, inputShape) = (backend, x.shape)
    return record(backend.sumPool(x.value), from: [x]) { [backend.sumPoolGradient($0, inputShape: inputShape)] }
  }
}
