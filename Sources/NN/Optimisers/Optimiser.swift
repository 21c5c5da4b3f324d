/// A rule that moves parameters along their gradients, and what it remembers between steps.
public protocol Optimiser {
  /// Moves the learned parameters; `gradients` by parameter index, nil leaving its parameter alone (as PyTorch does for unused ones).
  mutating func step(_ parameters: inout Parameters, _ gradients: [Tensor?], rate: Float)

  /// Everything remembered, under PyTorch-like names: "step" and, for every parameter, "<name>.<quantity>", in the file's shapes.
  func state(of parameters: Parameters) -> [String: StateTensor]

  /// Takes back what `state` gave. Anything missing, extra, misshapen or not finite is an error and changes nothing.
  mutating func restore(_ state: [String: StateTensor], for parameters: Parameters) throws(StateMismatch)
}

extension Parameters {
  /// A remembered quantity of one parameter in the file's order, and back.
  func fileTensor(_ index: Int, _ tensor: Tensor) -> StateTensor {
    StateTensor(shape: specifications[index].fileShape, values: specifications[index].fileOrder(tensor.values))
  }

  /// Remembered quantities by parameter index, from "<name>.<quantity>" in `state`; parameters that never had a gradient have none.
  /// Anything else in `state` but the names `besides` is an error.
  func memory(
    _ quantities: [String], in state: [String: StateTensor], besides: Set<String> = []
  ) throws(StateMismatch) -> [[Int: Tensor]] {
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
