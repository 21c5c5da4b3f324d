/// A rule that moves parameters along their gradients, and what it remembers between steps.
public protocol Optimiser {
  /// Moves the learned parameters; `gradients` by parameter index, nil leaving its parameter alone (as PyTorch does for unused ones).
  mutating func step(_ parameters: inout Parameters, _ gradients: [Tensor?], rate: Float)

  /// Everything remembered, under PyTorch-like names: "step" and, for every parameter, "<name>.<quantity>", in the file's shapes.
  func state(of parameters: Parameters) -> [String: StateTensor]

  /// Takes back what `state` gave.
  mutating func restore(_ state: [String: StateTensor], for parameters: Parameters) throws(StateMismatch)
}

extension Parameters {
  /// A remembered quantity of one parameter in the file's order, and back.
  func fileTensor(_ index: Int, _ tensor: Tensor) -> StateTensor {
    StateTensor(shape: specifications[index].fileShape, values: specifications[index].fileOrder(tensor.values))
  }

  func memoryTensor(_ index: Int, _ name: String, in state: [String: StateTensor]) throws(StateMismatch) -> Tensor {
    let specification = specifications[index]
    guard let found = state[name] else { throw .missing(name) }
    guard found.shape == specification.fileShape else { throw .shape(name, expected: specification.fileShape, found: found.shape) }
    return backend.tensor(specification.memoryOrder(found.values), specification.shape)
  }
}
