/// The parameters of one network and its running statistics, in the order of its specifications. A value: a copy is a snapshot.
public struct Parameters {
  public let specifications: [ParameterSpecification]
  public private(set) var values: [Tensor] { didSet { folded = FoldedFilters() } }
  /// Filters folded from just these values.
  private(set) var folded = FoldedFilters()
  public let backend: any Backend

  /// Fresh values; every parameter draws from a stream of its own, derived from its name.
  public init(_ specifications: [ParameterSpecification], from stream: RandomStream, on backend: any Backend) {
    (self.specifications, self.backend) = (specifications, backend)
    values = specifications.map { specification in
      var own = stream.derived(specification.name)
      let drawn = specification.initialiser.draw(specification.fileShape, &own, on: backend)
      return backend.tensor(specification.memoryOrder(backend.host(drawn)), specification.shape)
    }
  }

  /// Values as they are, one tensor a specification.
  init(_ specifications: [ParameterSpecification], _ values: [Tensor], on backend: any Backend) {
    precondition(
      specifications.map(\.shape) == values.map(\.shape), "Parameters: shapes \(values.map(\.shape)) for \(specifications.map(\.shape))")
    (self.specifications, self.values, self.backend) = (specifications, values, backend)
  }

  /// Indices of what is learned, the rest being running statistics.
  public var learned: [Int] { specifications.indices.filter { specifications[$0].kind == .weight } }

  /// The name of the first tensor that has an element which is not finite; nil where all are.
  public var firstNotFinite: String? {
    specifications.indices.first { !backend.host(values[$0]).allSatisfy(\.isFinite) }.map { specifications[$0].name }
  }

  /// Changes one tensor in place.
  public mutating func update(_ index: Int, _ body: (inout Tensor) -> Void) { body(&values[index]) }

  /// Changes several tensors in place; `body` gets them as the only owner and leaves as many.
  mutating func update(_ indices: [Int], _ body: (inout [Tensor]) -> Void) {
    var taken = indices.map { values[$0] }
    let nothing = backend.zeros([0])
    for index in indices { values[index] = nothing }
    body(&taken)
    precondition(taken.count == indices.count, "Parameters: \(taken.count) tensors for \(indices.count) places")
    for (index, tensor) in zip(indices, taken) { values[index] = tensor }
  }

  /// Takes over running statistics that a pass has collected: running <- (1 - momentum) * running + momentum * batch, the variance
  /// of the batch unbiased. Momentum as PyTorch means it; by default each layer's own.
  public mutating func absorb(_ statistics: [RunningStatistic], momentum: Float? = nil) {
    for statistic in statistics {
      let keep = 1 - (momentum ?? statistic.momentum)
      let population = Float(statistic.batchStatistics.population)
      let unbiased = backend.scaled(statistic.batchStatistics.variance, by: population / max(population - 1, 1))
      backend.average(statistic.batchStatistics.mean, keep: keep, into: &values[statistic.mean.index])
      backend.average(unbiased, keep: keep, into: &values[statistic.variance.index])
    }
  }

  /// this <- keep * this + (1 - keep) * other for the learned parameters; running statistics are copied.
  public mutating func average(towards other: Parameters, keep: Float) {
    precondition(specifications == other.specifications, "average: parameters of two different networks")
    for index in values.indices {
      if specifications[index].kind == .weight {
        backend.average(other.values[index], keep: keep, into: &values[index])
      } else {
        values[index] = other.values[index]
      }
    }
  }
}
