import Glibc

/// Adam (Kingma and Ba 2015) with PyTorch's arithmetic; weight decay is added to the gradient.
public struct Adam: Optimiser {
  private let beta1: Double, beta2: Double, epsilon: Float, decay: Float
  private var steps = 0
  private var first: [Int: Tensor] = [:], second: [Int: Tensor] = [:]

  /// The shares are Doubles: 1 - 0.999 taken in Float would be off in the fifth digit.
  public init(beta1: Double = 0.9, beta2: Double = 0.999, epsilon: Float = 1e-8, decay: Float = 0) {
    self.beta1 = beta1
    self.beta2 = beta2
    self.epsilon = epsilon
    self.decay = decay
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
