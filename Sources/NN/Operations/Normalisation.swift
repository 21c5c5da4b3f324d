extension Tape {
  /// y = gamma[label] * (x - mean) / sqrt(variance + epsilon) + beta[label], by the batch's own mean and biased variance; where
  /// `halves`, the mean of that over 2 x 2 pixels; plus `residual`.
  ///
  /// gamma, beta: (categories, C). `labels`: one a picture, or none for a single category. Returns the moments beside y, for
  /// running averages.
  public mutating func batchNormalise(
    _ x: Variable, gamma: Variable, beta: Variable, labels: [Int], epsilon: Float, halves: Bool = false, residual: Variable? = nil
  ) -> (y: Variable, moments: Moments) {
    let moments = backend.moments(x.value)
    let normalisation = Normalisation(moments, epsilon: epsilon, gamma: gamma.value, labels: labels, halves: halves)
    return (normalise(x, normalisation, gamma, beta, residual, throughMoments: true), moments)
  }

  /// The same by given moments, which are constants.
  public mutating func normalise(
    _ x: Variable, by moments: Moments, gamma: Variable, beta: Variable, labels: [Int], epsilon: Float, halves: Bool = false,
    residual: Variable? = nil
  ) -> Variable {
    let normalisation = Normalisation(moments, epsilon: epsilon, gamma: gamma.value, labels: labels, halves: halves)
    return normalise(x, normalisation, gamma, beta, residual, throughMoments: false)
  }

  private mutating func normalise(
    _ x: Variable, _ normalisation: Normalisation, _ gamma: Variable, _ beta: Variable, _ residual: Variable?, throughMoments: Bool
  ) -> Variable {
    let backend = backend
    let y = backend.normalise(x.value, by: normalisation, beta: beta.value, residual: residual?.value)
    let wants = NormalisationGradients.Wants(x: x.isTraced, tables: gamma.isTraced || beta.isTraced)
    let (hasResidual, wantsResidual) = (residual != nil, residual?.isTraced ?? false)
    return record(y, from: [x, gamma, beta] + (residual.map { [$0] } ?? [])) { dy in
      let d = backend.normaliseGradients(x.value, dy, by: normalisation, throughMoments: throughMoments, wants: wants)
      return [d.x, d.gamma, d.beta] + (hasResidual ? [wantsResidual ? dy : nil] : [])
    }
  }
}
