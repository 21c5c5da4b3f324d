import TestSupport

@testable import NN

/// A layer called once and walked back once, as a training step does.
struct LayerRun {
  let y: Tensor
  /// Gradient of sum(y * dy) by the input.
  let dx: Tensor?
  /// Those by the parameters, under their names, in the file's order.
  private(set) var gradients: [String: StateTensor] = [:]
  let statistics: [RunningStatistic]

  /// `dy` nil: 1 everywhere.
  init(
    _ parameters: Parameters, _ x: Tensor, dy: Tensor? = nil, phase: Phase = .training,
    _ layer: (Variable, Pass, inout Tape) -> Variable
  ) {
    let backend = parameters.backend
    var tape = Tape(on: backend)
    let pass = Pass(parameters, phase, learns: true, on: &tape)
    let input = tape.trace(x)
    let output = layer(input, pass, &tape)
    let weights = dy ?? backend.tensor([Float](repeating: 1, count: output.value.count), output.shape)
    let found = tape.gradients(of: output, weightedBy: weights)
    (y, dx, statistics) = (output.value, found[input], pass.statistics)
    for (index, gradient) in pass.gradients(found).enumerated() {
      let specification = parameters.specifications[index]
      if let gradient { gradients[specification.name] = parameters.fileTensor(index, gradient) }
    }
  }

  /// An operation without parameters.
  init(_ backend: any Backend, _ x: Tensor, dy: Tensor? = nil, _ operation: (Variable, inout Tape) -> Variable) {
    self.init(Parameters([], from: RandomStream(seed: 0), on: backend), x, dy: dy) { x, _, tape in operation(x, &tape) }
  }
}

extension Parameters {
  /// The parameters of the layers that `scope` has named, holding given numbers.
  init(_ scope: Scope, holding numbers: [String: StateTensor], on backend: any Backend) throws {
    self.init(scope.specifications, from: RandomStream(seed: 0), on: backend)
    try load(numbers)
  }
}

extension Backend {
  /// Standard normal numbers, always the same for the same seed.
  func normal(_ shape: [Int], seed: UInt64) -> Tensor {
    var stream = RandomStream(seed: seed)
    return normal(shape, &stream)
  }
}
