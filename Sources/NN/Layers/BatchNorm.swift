/// A normalisation by batch statistics in training and by running ones in inference. It follows convolutions, which it can be fused with.
protocol Norm: Sendable {
  /// `labels`: one class an image, for a norm that is conditional on it. `halves`: the result is averaged over 2 x 2 pixels. `residual` is
  /// added last.
  func callAsFunction(_ x: Variable, labels: [Int], halves: Bool, plus residual: Variable?, _ pass: Pass, _ tape: inout Tape) -> Variable

  /// By which a filter in front of it can be scaled in inference phase; nil where that depends on the image.
  func folding(_ pass: Pass, _ tape: inout Tape) -> (by: Normalisation, beta: Tensor)?
}

/// Batch normalisation of every channel, PyTorch's BatchNorm2d: parameters `weight`, `bias`, `running_mean`, `running_var` (C).
///
/// running <- (1 - momentum) * running + momentum * batch; biased variance normalises, unbiased variance is remembered.
public struct BatchNorm: Norm {
  private let gamma: Parameter, beta: Parameter
  private let running: RunningNorm
  private let channels: Int

  public init(_ scope: Scope, _ channels: Int, epsilon: Float = 1e-5, momentum: Float = 0.1) {
    self.channels = channels
    gamma = scope.weight("weight", [channels], .plain, .constant(1))
    beta = scope.weight("bias", [channels], .plain, .constant(0))
    running = RunningNorm(
      mean: scope.statistic("running_mean", [channels], .constant(0)), variance: scope.statistic("running_var", [channels], .constant(1)),
      epsilon: epsilon, momentum: momentum)
  }

  func callAsFunction(_ x: Variable, labels: [Int], halves: Bool, plus residual: Variable?, _ pass: Pass, _ tape: inout Tape) -> Variable {
    let gamma = tape.reshape(pass[gamma], [1, channels])
    let beta = tape.reshape(pass[beta], [1, channels])
    return running(x, gamma, beta, labels: [], halves: halves, plus: residual, pass, &tape)
  }

  func folding(_ pass: Pass, _ tape: inout Tape) -> (by: Normalisation, beta: Tensor)? {
    let by = Normalisation(running.statistics(pass), epsilon: running.epsilon, gamma: pass[gamma].value.reshaped([1, channels]))
    return (by, pass[beta].value.reshaped([1, channels]))
  }
}

/// Class-conditional batch normalisation of the published generator: parameters `gammas.weight`, `betas.weight` (classes, C) and the
/// running `avg_mean`, `avg_var` (C); y = gammas[label] * x̂ + betas[label] (no "1 +").
public struct ConditionalBatchNorm: Norm {
  private let gammas: Parameter, betas: Parameter
  private let running: RunningNorm

  /// The published code has epsilon 2e-5 and, by mistake, momentum 0.9 in PyTorch's meaning (paper's sources: decay 0.9).
  public init(_ scope: Scope, _ channels: Int, classes: Int, epsilon: Float = 2e-5, momentum: Float = 0.1) {
    running = RunningNorm(
      mean: scope.statistic("avg_mean", [channels], .constant(0)), variance: scope.statistic("avg_var", [channels], .constant(1)),
      epsilon: epsilon, momentum: momentum)
    gammas = (scope / "gammas").weight("weight", [classes, channels], .plain, .constant(1))
    betas = (scope / "betas").weight("weight", [classes, channels], .plain, .constant(0))
  }

  func callAsFunction(_ x: Variable, labels: [Int], halves: Bool, plus residual: Variable?, _ pass: Pass, _ tape: inout Tape) -> Variable {
    running(x, pass[gammas], pass[betas], labels: labels, halves: halves, plus: residual, pass, &tape)
  }

  func folding(_ pass: Pass, _ tape: inout Tape) -> (by: Normalisation, beta: Tensor)? { nil }
}

/// What both kinds share: the batch's statistics in training, the running ones in inference.
private struct RunningNorm: Sendable {
  let mean: Parameter, variance: Parameter
  let epsilon: Float, momentum: Float

  func statistics(_ pass: Pass) -> BatchStatistics {
    BatchStatistics(mean: pass[mean].value, variance: pass[variance].value, population: 0)
  }

  func callAsFunction(
    _ x: Variable, _ gamma: Variable, _ beta: Variable, labels: [Int], halves: Bool, plus residual: Variable?, _ pass: Pass,
    _ tape: inout Tape
  ) -> Variable {
    switch pass.phase {
    case .training:
      let (y, statistics) = tape.batchNormalise(
        x, gamma: gamma, beta: beta, labels: labels, epsilon: epsilon, halves: halves, residual: residual)
      pass.note(RunningStatistic(mean: mean, variance: variance, batchStatistics: statistics, momentum: momentum))
      return pass.watched(y, mean)
    case .inference:
      let y = tape.normalise(
        x, by: statistics(pass), gamma: gamma, beta: beta, labels: labels, epsilon: epsilon, halves: halves, residual: residual)
      return pass.watched(y, mean)
    }
  }
}
