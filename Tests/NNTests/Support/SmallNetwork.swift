@testable import NN

/// A convolution with batch norm, a pool and a linear layer: the smallest network with every kind of parameter.
struct SmallNetwork {
  private let layers: Sequential
  private(set) var parameters: Parameters
  private(set) var optimiser: any Optimiser
  private var step = 0

  init(on backend: any Backend, optimiser: any Optimiser = Adam(beta1: 0, beta2: 0.9)) {
    let scope = Scope()
    layers = Sequential([
      .convolution(Convolution(scope / "c1", 3, 6, kernel: 3, bias: true, .xavierUniform(gain: 1))), .batchNorm(BatchNorm(scope / "bn1", 6)),
      .relu, .sumPool, .linear(Linear(scope / "l", 6, 4, .inverseRootFan(6))),
    ])
    parameters = Parameters(scope.specifications, from: RandomStream(seed: 3), on: backend)
    self.optimiser = optimiser
  }

  /// Learns four classes of noise, a fresh batch a step.
  func trained(steps: Int) -> SmallNetwork {
    var network = self
    for _ in 0..<steps { network.train() }
    return network
  }

  private mutating func train() {
    let backend = parameters.backend
    var tape = Tape(on: backend)
    let pass = Pass(parameters, .training, learns: true, on: &tape)
    let x = Variable(constant: backend.normal([9, 10, 9, 3], seed: 100 + UInt64(step)))
    let loss = tape.meanCrossEntropy(layers(x, pass, &tape), (0..<9).map { ($0 + step) % 4 })
    let gradients = pass.gradients(tape.gradients(of: loss))
    parameters.absorb(pass.statistics)
    optimiser.step(&parameters, gradients, rate: 0.01)
    step += 1
  }

  /// Goes on from what two files hold.
  mutating func restore(_ state: [String: StateTensor], optimiser: [String: StateTensor], step: Int) throws {
    try parameters.load(state)
    try self.optimiser.restore(optimiser, for: parameters)
    self.step = step
  }
}
