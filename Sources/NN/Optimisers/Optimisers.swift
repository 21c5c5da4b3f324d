import Glibc

/// A rule that updates parameters along their gradients, and what it remembers between steps.
public protocol Optimiser {
  /// Updates the learned parameters; `gradients` by parameter index, nil leaving its parameter alone (as PyTorch does for unused ones).
  mutating func step(_ parameters: inout Parameters, _ gradients: [Tensor?], rate: Float)

  /// Everything remembered, under PyTorch-like names: "step" and, for every parameter, "<name>.<quantity>", in the file's shapes.
  func state(of parameters: Parameters) -> [String: StateTensor]

  /// Takes back what `state` gave. Anything missing, extra, misshapen or not finite is an error and changes nothing.
  mutating func restore(_ state: [String: StateTensor], for parameters: Parameters) throws(StateMismatch)
}

extension Parameters {
  /// A remembered quantity of one parameter in the file's order, and back.
  func fileTensor(_ index: Int, _ tensor: Tensor) -> StateTensor {
    StateTensor(shape: specifications[index].fileShape, values: specifications[index].fileOrder(backend.host(tensor)))
  }

  /// Remembered quantities by parameter index, from "<name>.<quantity>" in `state`; parameters that never had a gradient have none.
  /// Anything else in `state` but the names `besides` is an error.
  func memory(_ quantities: [String], in state: [String: StateTensor], besides: Set<String> = []) throws(StateMismatch) -> [[Int: Tensor]] {
    var rest = Set(state.keys).subtracting(besides)
    var result = quantities.map { _ in [Int: Tensor]() }
    for index in learned {
      let names = quantities.map { "\(specifications[index].name).\($0)" }
      guard !rest.isDisjoint(with: names) else { continue }
      for (place, name) in names.enumerated() { result[place][index] = try memoryTensor(index, name, in: state) }
      rest.subtract(names)
    }
    guard rest.isEmpty else { throw .unexpected(Array(rest.sorted().prefix(5))) }
    return result
  }

  private func memoryTensor(_ index: Int, _ name: String, in state: [String: StateTensor]) throws(StateMismatch) -> Tensor {
    let specification = specifications[index]
    guard let found = state[name] else { throw .missing(name) }
    guard found.shape == specification.fileShape else { throw .shape(name, expected: specification.fileShape, found: found.shape) }
    guard found.values.allSatisfy(\.isFinite) else { throw .notFinite(name) }
    return backend.tensor(specification.memoryOrder(found.values), specification.shape)
  }
}

/// Adam (Kingma and Ba 2015) with PyTorch's arithmetic; weight decay is added to the gradient.
public struct Adam: Optimiser {
  private let beta1: Double, beta2: Double, epsilon: Float, decay: Float
  private var steps = 0
  private var first: [Int: Tensor] = [:], second: [Int: Tensor] = [:]

  /// The shares are Doubles: 1 - 0.999 taken in Float would be off in the fifth digit.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8, decay: Float = 0) {
    (self.beta1, self.beta2, self.epsilon, self.decay) = (beta1, beta2, epsilon, decay)
  }

  public mutating func step(_ parameters: inout Parameters, _ gradients: [Tensor?], rate: Float) {
    steps += 1
    let step = AdamStep(
      rate: rate, beta1: Float(beta1), beta2: Float(beta2), share1: Float(1 - beta1), share2: Float(1 - beta2), epsilon: epsilon,
      decay: decay, correction1: Float(1 - pow(beta1, Double(steps))), correction2: Float(1 - pow(beta2, Double(steps))))
    let backend = parameters.backend
    let moved = parameters.learned.filter { gradients[$0] != nil }
    parameters.update(moved) { values in
      var updates: [AdamUpdate] = []
      for (place, index) in moved.enumerated() {
        guard let gradient = gradients[index] else { continue }
        let m = first.removeValue(forKey: index) ?? backend.zeros(gradient.shape)
        let v = second.removeValue(forKey: index) ?? backend.zeros(gradient.shape)
        updates.append(AdamUpdate(w: values[place], gradient: gradient, m: m, v: v))
      }
      values = []
      backend.adam(&updates, step)
      for (index, update) in zip(moved, updates) { (first[index], second[index]) = (update.m, update.v) }
      values = updates.map(\.w)
    }
  }

  public func state(of parameters: Parameters) -> [String: StateTensor] {
    var result = ["step": StateTensor(shape: [1], values: [Float(steps)])]
    for index in parameters.learned {
      let name = parameters.specifications[index].name
      if let m = first[index] { result[name + ".exp_avg"] = parameters.fileTensor(index, m) }
      if let v = second[index] { result[name + ".exp_avg_sq"] = parameters.fileTensor(index, v) }
    }
    return result
  }

  public mutating func restore(_ state: [String: StateTensor], for parameters: Parameters) throws(StateMismatch) {
    guard let step = state["step"]?.values.first else { throw .missing("step") }
    guard let count = Int(exactly: step), count >= 0 else { throw .notFinite("step") }
    let found = try parameters.memory(["exp_avg", "exp_avg_sq"], in: state, besides: ["step"])
    (first, second) = (found[0], found[1])
    steps = count
  }
}

/// Stochastic gradient descent with momentum and weight decay, PyTorch's arithmetic: v <- momentum v + (g + decay w), w -= rate v.
public struct SGD: Optimiser {
  private let momentum: Float, decay: Float
  private var velocities: [Int: Tensor] = [:]

  public init(momentum: Float = 0.9, decay: Float = 0) { (self.momentum, self.decay) = (momentum, decay) }

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
