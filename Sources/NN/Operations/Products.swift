extension Tape {
  /// y = x * w + bias, a convolution of (N, H, W, C) with w (kernel, kernel, C, K).
  public mutating func convolution(_ x: Variable, _ w: Variable, bias: Variable?, _ shape: ConvolutionShape) -> Variable {
    let backend = backend
    let y = backend.convolution(x.value, w.value, bias: bias?.value, shape)
    let wantsBias = bias?.isTraced ?? false
    return record(y, from: [x, w] + (bias.map { [$0] } ?? [])) { dy in
      [
        x.isTraced ? backend.convolutionInputGradient(dy, w.value, inputShape: x.shape, shape) : nil,
        w.isTraced ? backend.convolutionWeightGradient(x.value, dy, shape) : nil,
        wantsBias ? backend.columnSums(dy) : nil,
      ]
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
