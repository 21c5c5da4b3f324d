/// A value that a tape may follow back to where it came from.
public struct Variable {
  public let value: Tensor
  /// Place on the tape; nil for a constant, whose gradient nobody wants.
  let node: Int?
  /// The batch statistics of the value, where the operation that made it found them on the way.
  var statistics: BatchStatistics?

  /// A value without a past: operations on constants alone record nothing.
  public init(constant value: Tensor) { self.init(value: value, node: nil) }

  init(value: Tensor, node: Int?) { (self.value, self.node) = (value, node) }

  public var shape: [Int] { value.shape }
  public var isTraced: Bool { node != nil }
}

/// The record of one computation, gone through backwards once: `gradients(of:)` consumes it.
///
/// Every operation is an extension in Operations, its derivative beside it.
public struct Tape: ~Copyable {
  public let backend: any Backend
  private var nodes: [Node] = []

  /// Nil for a leaf. Given the gradient of the result, returns those of the inputs, nil where none is wanted.
  typealias Backward = (Tensor) -> [Tensor?]

  /// Adds the gradient of the only input to one that is there already, where that is cheaper than making it first.
  typealias Accumulation = (_ dy: Tensor, _ dx: inout Tensor) -> Void

  private struct Node {
    let inputs: [Int?]
    let backward: Backward?
    let accumulation: Accumulation?
  }

  public init(on backend: any Backend) { self.backend = backend }

  /// A value whose gradient is wanted.
  public mutating func trace(_ value: Tensor) -> Variable {
    nodes.append(Node(inputs: [], backward: nil, accumulation: nil))
    return Variable(value: value, node: nodes.count - 1)
  }

  /// The result of an operation; recorded only if one of its inputs is traced.
  mutating func record(
    _ value: Tensor, from inputs: [Variable], accumulating: Accumulation? = nil, _ backward: @escaping Backward
  ) -> Variable {
    guard inputs.contains(where: \.isTraced) else { return Variable(constant: value) }
    nodes.append(Node(inputs: inputs.map(\.node), backward: backward, accumulation: accumulating))
    return Variable(value: value, node: nodes.count - 1)
  }

  /// The gradients of a number by every traced leaf.
  public consuming func gradients(of loss: Variable) -> Gradients {
    precondition(loss.value.count == 1, "gradients(of:): a single number is differentiated, not shape \(loss.shape)")
    return gradients(of: loss, weightedBy: backend.tensor([1], loss.shape))
  }

  /// The gradients of sum(result * weights) by every traced leaf. Memory of the computation is given back on the way.
  public consuming func gradients(of result: Variable, weightedBy weights: Tensor) -> Gradients {
    precondition(result.shape == weights.shape, "gradients: result \(result.shape), weights \(weights.shape)")
    var pending = [Tensor?](repeating: nil, count: nodes.count)
    var leaves: [Int: Tensor] = [:]
    if let last = result.node { pending[last] = weights }
    while let node = nodes.popLast() {
      let index = nodes.count
      guard let dy = pending[index] else { continue }
      pending[index] = nil
      guard let backward = node.backward else {
        leaves[index] = dy
        continue
      }
      if let accumulation = node.accumulation, let input = node.inputs[0], var sum = pending[input].take() {
        accumulation(dy, &sum)
        pending[input] = sum
        continue
      }
      for (input, gradient) in zip(node.inputs, backward(dy)) {
        guard let input, let gradient else { continue }
        accumulate(gradient, into: &pending[input])
      }
    }
    return Gradients(leaves)
  }

  private func accumulate(_ gradient: Tensor, into place: inout Tensor?) {
    if var sum = place.take() {
      backend.add(gradient, times: 1, to: &sum)
      place = sum
    } else {
      place = gradient
    }
  }
}

/// What a backward pass found: the gradient of every traced leaf that the result depends on.
public struct Gradients {
  private let leaves: [Int: Tensor]

  init(_ leaves: [Int: Tensor]) { self.leaves = leaves }

  /// Nil where the result does not depend on the variable, or the variable is no leaf of that tape.
  public subscript(_ variable: Variable) -> Tensor? { variable.node.flatMap { leaves[$0] } }
}
