extension Tape {
  /// y = gamma[label] * (x - mean) / sqrt(variance + epsilon) + beta[label], by the batch's own mean and biased variance; where
  /// `halves`, the mean of that over 2 x 2 pixels; plus `residual`.
  ///
  /// gamma, beta: (categories, C). `labels`: one an image, or none for a single category. Returns the batchStatistics beside y, for
  /// running averages.
  public mutating func batchNormalise(
    _ x: Variable, gamma: Variable, beta: Variable, labels: [Int], epsilon: Float, halves: Bool = false, residual: Variable? = nil
  ) -> (y: Variable, batchStatistics: BatchStatistics) {
    let batchStatistics = backend.batchStatistics(x.value)
    let normalisation = Normalisation(batchStatistics, epsilon: epsilon, gamma: gamma.value, labels: labels, halves: halves)
    return (normalise(x, normalisation, gamma, beta, residual, throughStatistics: true), batchStatistics)
  }

  /// The same by given batchStatistics, which are constants.
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
