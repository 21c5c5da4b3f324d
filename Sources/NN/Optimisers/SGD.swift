/// Stochastic gradient descent with momentum and weight decay, PyTorch's arithmetic: v <- momentum v + (g + decay w), w -= rate v.
public struct SGD: Optimiser {
  private let momentum: Float, decay: Float
  private var velocities: [Int: Tensor] = [:]

  public init(momentum: Float = 0.9, decay: Float = 0) {
    self.momentum = momentum
    self.decay = decay
  }

  public mutating func step(_ parameters: inout Parameters, _ gradients: [Tensor?], rate: Float) {
    let backend = parameters.backend
    for index in parameters.learned {
      guard let gradient = gradients[index] else { continue }
      var velocity = velocities.removeValue(forKey: index) ?? backend.zeros(gradient.shape)
      parameters.update(index) { backend.momentum(&$0, gradient, &velocity, rate: rate, momentum: momentum, decay: decay) }
      velocities[index] = velocity
    }
  }

  public func state(of parameters: Parameters) -> [String: StateTensor] {
    var result: [String: StateTensor] = [:]
    for (index, velocity) in velocities {
      result[parameters.specifications[index].name + ".momentum_buffer"] = parameters.fileTensor(index, velocity)
    }
    return result
  }

  public mutating func restore(_ state: [String: StateTensor], for parameters: Parameters) throws(StateMismatch) {
    velocities = try parameters.memory(["momentum_buffer"], in: state)[0]
  }
}
