extension Tape {
  /// y = halve(w * repeat(ReLU(x)) + bias) + (repeated) residual, a convolution of (N, H, W, C) with w (kernel, kernel, C, K) and what `shape`
  /// puts around it.
  public mutating func convolution(
    _ x: Variable, _ w: Variable, bias: Variable?, residual: Variable? = nil, _ shape: ConvolutionShape
  ) -> Variable {
    if shape.isPointwise, shape.halves, !shape.upsamples, shape.negativeSlope == nil {
      // A convolution of single pixels and an average change places freely; this way round it costs a quarter.
      var bare = shape
      bare.halves = false
      return convolution(averagePool(x, 2), w, bias: bias, residual: residual, bare)
    }
    let backend = backend
    let y = backend.convolution(x.value, w.value, bias: bias?.value, residual: residual?.value, shape)
    let (hasBias, wantsBias) = (bias != nil, bias?.isTraced ?? false)
    let (hasResidual, wantsResidual) = (residual != nil, residual?.isTraced ?? false)
    return record(y, from: [x, w] + [bias, residual].compactMap(\.self)) { dy in
      [
        x.isTraced ? backend.convolutionInputGradient(dy, w.value, x: x.value, shape) : nil,
        w.isTraced ? backend.convolutionWeightGradient(x.value, dy, shape) : nil,
      ] + (hasBias ? [wantsBias ? backend.columnSums(dy) : nil] : [])
        + (hasResidual ? [wantsResidual ? (shape.repeatsResidual ? backend.upsampleGradient(dy) : dy) : nil] : [])
    }
  }

  /// y = x wT + bias for x (N, C) and w (K, C).
  public mutating func linear(_ x: Variable, _ w: Variable, bias: Variable?) -> Variable {
    let backend = backend
    let y = backend.linear(x.value, w.value, bias: bias?.value)
    let wantsBias = bias?.isTraced ?? false
    return record(y, from: [x, w] + (bias.map { [$0] } ?? [])) { dy in
      [
        x.isTraced ? backend.linearInputGradient(dy, w.value) : nil,
        w.isTraced ? backend.linearWeightGradient(x.value, dy) : nil,
        wantsBias ? backend.columnSums(dy) : nil,
      ]
    }
  }
}
