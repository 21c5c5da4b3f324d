extension Tape {
  /// y = halve(w * repeat(rectify(x)) + bias) + residual, a convolution of (N, H, W, C) with w (kernel, kernel, C, K) and what `shape`
  /// puts around it.
  public mutating func convolution(
    _ x: Variable, _ w: Variable, bias: Variable?, residual: Variable? = nil, _ shape: ConvolutionShape
  ) -> Variable {
    let backend = backend
    let y = backend.convolution(x.value, w.value, bias: bias?.value, residual: residual?.value, shape)
    let wantsBias = bias?.isTraced ?? false
    return record(y, from: [x, w] + [bias, residual].compactMap(\.self)) { dy in
      [
        x.isTraced ? backend.convolutionInputGradient(dy, w.value, x: x.value, shape) : nil,
        w.isTraced ? backend.convolutionWeightGradient(x.value, dy, shape) : nil,
      ] + (bias == nil ? [] : [wantsBias ? backend.columnSums(dy) : nil]) + (residual.map { [$0.isTraced ? dy : nil] } ?? [])
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
