/// Convolutions and linear layers.
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
    let (y, statistics) = backend.convolution(x.value, w.value, bias: bias?.value, residual: residual?.value, shape)
    let (hasBias, wantsBias) = (bias != nil, bias?.isTraced ?? false)
    let (hasResidual, wantsResidual) = (residual != nil, residual?.isTraced ?? false)
    var output = record(y, from: [x, w] + [bias, residual].compactMap(\.self)) { dy in
      [
        x.isTraced ? backend.convolutionInputGradient(dy, w.value, x: x.value, shape) : nil,
        w.isTraced ? backend.convolutionWeightGradient(x.value, dy, shape) : nil,
      ] + (hasBias ? [wantsBias ? backend.columnSums(dy) : nil] : [])
        + (hasResidual ? [wantsResidual ? (shape.repeatsResidual ? backend.upsampleGradient(dy) : dy) : nil] : [])
    }
    output.statistics = statistics
    return output
  }

  /// y = x wT + bias for x (N, C) and w (K, C).
  public mutating func linear(_ x: Variable, _ w: Variable, bias: Variable?) -> Variable {
    let backend = backend
    let y = backend.linear(x.value, w.value, bias: bias?.value)
    let wantsBias = bias?.isTraced ?? false
    return record(y, from: [x, w] + (bias.map { [$0] } ?? [])) { dy in
      [
        x.isTraced ? backend.linearInputGradient(dy, w.value) : nil, w.isTraced ? backend.linearWeightGradient(x.value, dy) : nil,
        wantsBias ? backend.columnSums(dy) : nil,
      ]
    }
  }
}

/// Normalisation.
extension Tape {
  /// y = gamma[label] * (x - mean) / sqrt(variance + epsilon) + beta[label], by the batch's own mean and biased variance; where
  /// `halves`, the mean of that over 2 x 2 pixels; plus `residual`.
  ///
  /// gamma, beta: (categories, C). `labels`: one an image, or none for a single category. Returns the batch statistics beside y, for
  /// running averages.
  public mutating func batchNormalise(
    _ x: Variable, gamma: Variable, beta: Variable, labels: [Int], epsilon: Float, halves: Bool = false, residual: Variable? = nil
  ) -> (y: Variable, batchStatistics: BatchStatistics) {
    let batchStatistics = x.statistics ?? backend.batchStatistics(x.value)
    let normalisation = Normalisation(batchStatistics, epsilon: epsilon, gamma: gamma.value, labels: labels, halves: halves)
    return (normalise(x, normalisation, gamma, beta, residual, throughStatistics: true), batchStatistics)
  }

  /// The same by given statistics, which are constants.
  public mutating func normalise(
    _ x: Variable, by batchStatistics: BatchStatistics, gamma: Variable, beta: Variable, labels: [Int], epsilon: Float, halves: Bool = false,
    residual: Variable? = nil
  ) -> Variable {
    let normalisation = Normalisation(batchStatistics, epsilon: epsilon, gamma: gamma.value, labels: labels, halves: halves)
    return normalise(x, normalisation, gamma, beta, residual, throughStatistics: false)
  }

  private mutating func normalise(
    _ x: Variable, _ normalisation: Normalisation, _ gamma: Variable, _ beta: Variable, _ residual: Variable?, throughStatistics: Bool
  ) -> Variable {
    let backend = backend
    let y = backend.normalise(x.value, by: normalisation, beta: beta.value, residual: residual?.value)
    let wants = NormalisationGradients.Wants(x: x.isTraced, tables: gamma.isTraced || beta.isTraced)
    let (hasResidual, wantsResidual) = (residual != nil, residual?.isTraced ?? false)
    return record(y, from: [x, gamma, beta] + (residual.map { [$0] } ?? [])) { dy in
      let d = backend.normaliseGradients(x.value, dy, by: normalisation, throughStatistics: throughStatistics, wants: wants)
      return [d.x, d.gamma, d.beta] + (hasResidual ? [wantsResidual ? dy : nil] : [])
    }
  }
}
