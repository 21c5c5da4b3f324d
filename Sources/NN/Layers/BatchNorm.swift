/// Batch normalisation of every channel, PyTorch's BatchNorm2d: parameters `weight`, `bias`, `running_mean`, `running_var` (C).
///
/// running <- (1 - momentum) * running + momentum * batch; biased variance normalises, unbiased variance is remembered.
public struct BatchNorm: Sendable {
  private let gamma: Parameter, beta: Parameter, mean: Parameter, variance: Parameter
  private let epsilon: Float, momentum: Float

  public init(_ scope: Scope, _ channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1) {
    gamma = scope.weight("weight", [channels], .plain, .constant(1))
    beta = scope.weight("bias", [channels], .plain, .constant(0))
    mean = scope.statistic("running_mean", [channels], .constant(0))
    variance = scope.statistic("running_var", [channels], .constant(1))
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// `halves`: the result is averaged over 2 x 2 pixels. `residual` is added last.
  public func callAsFunction(
    _ x: Variable, halves: Bool = false, plus residual: Variable? = nil, _ pass: Pass, _ tape: inout Tape
  ) -> Variable {
    let shape = [1, x.shape[x.shape.count - 1]]
    let gamma = tape.reshape(pass[gamma], shape)
    let beta = tape.reshape(pass[beta], shape)
    let normalised = BatchNormalised(
      gamma: gamma, beta: beta, labels: [], mean: mean, variance: variance, epsilon: epsilon, momentum: momentum)
    return normalised(x, halves: halves, plus: residual, pass, &tape)
  }

  /// What the layer does to each channel in inference phase.
  func scaling(_ pass: Pass) -> ChannelScaling {
    let deviations = pass[variance].value.values.map { ($0 + epsilon).squareRoot() }
    let factor = zip(pass[gamma].value.values, deviations).map { $0 / $1 }
    let means = pass[mean].value.values
    return ChannelScaling(factor: factor, shift: pass[beta].value.values.enumerated().map { $1 - means[$0] * factor[$0] })
  }
}

/// Class-conditional batch normalisation of the published generator: parameters `gammas.weight`, `betas.weight` (classes, C) and the
/// running `avg_mean`, `avg_var` (C); y = gammas[label] * x̂ + betas[label] (no "1 +").
public struct ConditionalBatchNorm: Sendable {
  private let gammas: Parameter, betas: Parameter, mean: Parameter, variance: Parameter
  private let epsilon: Float, momentum: Float

  /// The published code has epsilon 2e-5 and, by mistake, momentum 0.9 in PyTorch's meaning (paper's sources: decay 0.9).
  public init(_ scope: Scope, _ channels: Int, classes: Int, epsilon: Float = 2e-5, momentum: Float = 0.1) {
    mean = scope.statistic("avg_mean", [channels], .constant(0))
    variance = scope.statistic("avg_var", [channels], .constant(1))
    gammas = (scope / "gammas").weight("weight", [classes, channels], .plain, .constant(1))
    betas = (scope / "betas").weight("weight", [classes, channels], .plain, .constant(0))
    self.epsilon = epsilon
    self.momentum = momentum
  }

  /// `labels`: one class an image.
  public func callAsFunction(_ x: Variable, labels: [Int], _ pass: Pass, _ tape: inout Tape) -> Variable {
    let normalised = BatchNormalised(
      gamma: pass[gammas], beta: pass[betas], labels: labels, mean: mean, variance: variance, epsilon: epsilon, momentum: momentum)
    return normalised(x, pass, &tape)
  }
}

/// Batch norm of either kind, by the batch's batchStatistics in training and by the running ones in inference.
private struct BatchNormalised {
  let gamma: Variable, beta: Variable, labels: [Int]
  let mean: Parameter, variance: Parameter
  let epsilon: Float, momentum: Float

  func callAsFunction(
    _ x: Variable, halves: Bool = false, plus residual: Variable? = nil, _ pass: Pass, _ tape: inout Tape
  ) -> Variable {
    switch pass.phase {
    case .training:
      let (y, batchStatistics) = tape.batchNormalise(
        x, gamma: gamma, beta: beta, labels: labels, epsilon: epsilon, halves: halves, residual: residual)
      pass.note(RunningStatistic(mean: mean, variance: variance, batchStatistics: batchStatistics, momentum: momentum))
      return y
    case .inference:
      let running = BatchStatistics(mean: pass[mean].value, variance: pass[variance].value, population: 0)
      return tape.normalise(
        x, by: running, gamma: gamma, beta: beta, labels: labels, epsilon: epsilon, halves: halves, residual: residual)
    }
  }
}
