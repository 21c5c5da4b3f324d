/// Losses of logits, one of each example, and their means over a batch.
extension Tape {
  /// Binary cross-entropy of logits (N) or (N, 1) with one target for all: (N), log(1 + exp(s)) with s = -x for target 1, x for target 0.
  public mutating func binaryCrossEntropy(_ logits: Variable, isOne: Bool) -> Variable {
    let backend = backend
    return record(backend.binaryCrossEntropy(logits.value, isOne: isOne), from: [logits]) {
      [backend.binaryCrossEntropyGradient(logits.value, isOne: isOne, $0)]
    }
  }

  /// Cross-entropy of logits (N, classes) with labels: (N), log sum exp(x) - x[label].
  public mutating func crossEntropy(_ logits: Variable, _ labels: [Int]) -> Variable {
    let backend = backend
    return record(backend.crossEntropy(logits.value, labels), from: [logits]) { [backend.crossEntropyGradient(logits.value, labels, $0)] }
  }

  /// Mean of all elements: shape [].
  public mutating func mean(_ x: Variable) -> Variable {
    let (backend, shape) = (backend, x.shape)
    return record(backend.mean(x.value), from: [x]) { [backend.meanGradient($0, inputShape: shape)] }
  }

  /// `mean(binaryCrossEntropy(logits, isOne:))`, computed in Double and rounded once, its gradient too.
  public mutating func meanBinaryCrossEntropy(_ logits: Variable, isOne: Bool) -> Variable {
    let backend = backend
    return record(backend.meanBinaryCrossEntropy(logits.value, isOne: isOne), from: [logits]) {
      [backend.meanBinaryCrossEntropyGradient(logits.value, isOne: isOne, $0)]
    }
  }

  /// `mean(crossEntropy(logits, labels))`, computed in Double and rounded once, its gradient too.
  public mutating func meanCrossEntropy(_ logits: Variable, _ labels: [Int]) -> Variable {
    let backend = backend
    return record(backend.meanCrossEntropy(logits.value, labels), from: [logits]) {
      [backend.meanCrossEntropyGradient(logits.value, labels, $0)]
    }
  }

  /// Sum of weight * loss, for losses of one shape. A loss with weight 0 does not count and gets no gradient.
  public mutating func weightedSum(_ terms: [(weight: Float, loss: Variable)]) -> Variable {
    let backend = backend
    let used = terms.filter { $0.weight != 0 }
    precondition(!terms.isEmpty, "weightedSum: no terms")
    let parts = used.map { backend.scaled($0.loss.value, by: $0.weight) }
    let total = parts.isEmpty ? backend.zeros(terms[0].loss.shape) : parts.dropFirst().reduce(parts[0], backend.sum)
    return record(total, from: used.map(\.loss)) { dy in used.map { backend.scaled(dy, by: $0.weight) } }
  }
}
