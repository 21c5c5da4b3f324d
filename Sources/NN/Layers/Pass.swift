/// What a network is called for: batch norm takes the batch's own batchStatistics in training, the running ones in inference.
public enum Phase: Sendable { case training, inference }

/// BatchStatistics that a batch norm met in a training pass, and where their running averages live.
public struct RunningStatistic {
  let mean: Parameter, variance: Parameter
  public let batchStatistics: BatchStatistics
  let momentum: Float
}

/// One call of a network: its numbers on a tape, its phase, and the statistics it met on the way.
///
/// Whether those statistics are absorbed is the caller's decision; a pass changes no parameters.
public final class Pass {
  public let phase: Phase
  private let variables: [Variable]
  public private(set) var statistics: [RunningStatistic] = []
  private let specifications: [ParameterSpecification]
  let folded: FoldedFilters
  /// Whether batch norm is folded into the filter before it.
  let folds: Bool
  private let watch: ((_ layer: String, _ output: Tensor) -> Void)?

  /// - Parameters:
  ///   - learns: whether the gradients of the parameters will be wanted.
  ///   - watch: is shown the output of each layer that has parameters, in their order.
  public init(
    _ parameters: Parameters, _ phase: Phase, learns: Bool, on tape: inout Tape,
    watch: ((_ layer: String, _ output: Tensor) -> Void)? = nil
  ) {
    (self.phase, self.watch) = (phase, watch)
    specifications = parameters.specifications
    folded = parameters.folded
    folds = phase == .inference && !learns
    // Training has no use for them, and much for the memory.
    if !folds { folded.forget() }
    var variables: [Variable] = []
    for (specification, value) in zip(parameters.specifications, parameters.values) {
      variables.append(learns && specification.kind == .weight ? tape.trace(value) : Variable(constant: value))
    }
    self.variables = variables
  }

  subscript(_ parameter: Parameter) -> Variable { variables[parameter.index] }

  func note(_ statistic: RunningStatistic) { statistics.append(statistic) }

  /// Shows the output of the layer that `parameter` belongs to, and gives it back.
  func watched(_ output: Variable, _ parameter: Parameter) -> Variable {
    watch?(specifications[parameter.index].name.split(separator: ".").dropLast().joined(separator: "."), output.value)
    return output
  }

  /// The gradients of all parameters, by index; nil for statistics and for weights that the result does not depend on.
  public func gradients(_ gradients: Gradients) -> [Tensor?] { variables.map { gradients[$0] } }
}
