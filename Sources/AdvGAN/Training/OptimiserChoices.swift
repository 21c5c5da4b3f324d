import Jobs
import NN

/// An optimiser as a job file names it.
protocol OptimiserChoice: Choice {
  /// A fresh one, which remembers nothing.
  func make() -> any Optimiser
}

/// All optimisers, for every training. A new one is a type and one line here.
enum OptimiserChoices {
  static let all: [any OptimiserChoice.Type] = [AdamChoice.self, SGDChoice.self]
}

struct AdamChoice: OptimiserChoice {
  static let name = "adam"
  static let summary = "Adam (Kingma and Ba 2015); weight decay is added to the gradient"
  let beta1: Double, beta2: Double, decay: Float

  init(_ settings: inout SettingsReader) throws {
    beta1 = try settings.number("beta1", default: 0.9, in: 0...0.9999, "what the running mean of gradients keeps at each step")
    beta2 = try settings.number("beta2", default: 0.999, in: 0...0.999999, "what the running mean of squares keeps at each step")
    decay = Float(try settings.number("weight_decay", default: 0, in: 0...10, "share of the weights that is added to the gradient"))
  }

  func make() -> any Optimiser { Adam(beta1: beta1, beta2: beta2, decay: decay) }
}

struct SGDChoice: OptimiserChoice {
  static let name = "sgd"
  static let summary = "stochastic gradient descent with momentum"
  let momentum: Float, decay: Float

  init(_ settings: inout SettingsReader) throws {
    momentum = Float(try settings.number("momentum", default: 0.9, in: 0...0.9999, "what the running sum of gradients keeps at each step"))
    decay = Float(try settings.number("weight_decay", default: 5e-4, in: 0...10, "share of the weights that is added to the gradient"))
  }

  func make() -> any Optimiser { SGD(momentum: momentum, decay: decay) }
}
