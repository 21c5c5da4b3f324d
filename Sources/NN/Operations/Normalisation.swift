extension Tape {
  /// y = gamma[label] * (x - mean) / sqrt(variance + epsilon) + beta[label], by the batch's own mean and biased variance.
  ///
  /// gamma, beta: (categories, C). `labels`: one a picture, or none for a single category. Returns the moments beside y, for
  /// running averages.
  public mutating func batchNormalise(
    _ x: Variable, gamma: Variable, beta: Variable, labels: [Int], epsilon: Float
  ) -> (y: Variable, moments: Moments) {
    let moments = backend.moments(x.value)
    let y = normalise(x, moments, gamma: gamma, beta: beta, labels: labels, epsilon: epsilon, throughMoments: true)
    return (y, moments)
  }

  /// The same by given moments, which are constants.
  public mutating func normalise(
    _ x: Variable, by moments: Moments, gamma: Variable, beta: Variable, labels: [Int], epsilon: Float
  ) -> Variable {
    normalise(x, moments, gamma: gamma, beta: beta, labels: labels, epsilon: epsilon, throughMoments: false)
  }

  private mutating func normalise(
    _ x: Variable, _ moments: Moments, gamma: Variable, beta: Variable, labels: [Int], epsilon: Float, throughMoments: Bool
  ) -> Variable {
    let backend = backend
    let y = backend.normalise(x.value, moments, epsilon: epsilon, gamma: gamma.value, beta: beta.value, labels: labels)
    let wants = NormalisationGradients.Wants(x: x.isTraced, tables: gamma.isTraced || beta.isTraced)
    return record(y, from: [x, gamma, beta]) { dy in
      let d = backend.normaliseGradients(
        x.value, dy, moments, epsilon: epsilon, gamma: gamma.value, labels: labels, throughMoments: throughMoments, wants: wants)
      return [d.x, d.gamma, d.beta]
    }
  }
}
