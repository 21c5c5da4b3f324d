import Glibc

/// Losses over a batch: means over its rows, computed in Double, numbers of shape [].
extension Tape {
  /// Binary cross-entropy of logits (N) with one target for all: mean of log(1 + exp(s)) with s = -x for target 1, x for target 0.
  public mutating func binaryCrossEntropy(_ logits: Variable, isOne: Bool) -> Variable {
    let backend = backend
    let values = logits.value.values
    let share = 1 / Double(values.count)
    let sign = isOne ? -1.0 : 1.0
    let loss = values.reduce(0.0) { $0 + share * softplus(sign * Double($1)) }
    return record(backend.tensor([Float(loss)], []), from: [logits]) { dy in
      let scale = Double(dy.scalar) * share * sign
      return [backend.tensor(values.map { Float(scale * sigmoid(sign * Double($0))) }, logits.shape)]
    }
  }

  /// Cross-entropy of logits (N, classes) with labels: mean of log sum exp(x) - x[label].
  public mutating func crossEntropy(_ logits: Variable, _ labels: [Int]) -> Variable {
    let backend = backend
    let classes = logits.shape.count == 2 ? logits.shape[1] : 0
    precondition(classes > 0 && logits.shape[0] == labels.count, "crossEntropy: logits \(logits.shape), \(labels.count) labels")
    precondition(labels.allSatisfy { $0 >= 0 && $0 < classes }, "crossEntropy: a label outside 0 ..< \(classes)")
    let values = logits.value.values
    let share = 1 / Double(labels.count)
    var loss = 0.0
    var gradient = [Double](repeating: 0, count: values.count)
    for (n, label) in labels.enumerated() {
      let row = n * classes..<(n + 1) * classes
      let top = Double(values[row].max() ?? 0)
      let total = values[row].reduce(0.0) { $0 + exp(Double($1) - top) }
      loss += share * (top + log(total) - Double(values[row.lowerBound + label]))
      for j in row { gradient[j] = share * exp(Double(values[j]) - top) / total }
      // p - 1 as minus the sum of the others: nothing cancels where the network is sure.
      gradient[row.lowerBound + label] = 0
      gradient[row.lowerBound + label] = -row.reduce(0.0) { $0 + gradient[$1] }
    }
    return record(backend.tensor([Float(loss)], []), from: [logits]) { dy in
      let scale = Double(dy.scalar)
      return [backend.tensor(gradient.map { Float(scale * $0) }, logits.shape)]
    }
  }

  /// Sum of weight * loss. Weights of 0 leave their loss out.
  public mutating func weightedSum(_ terms: [(weight: Float, loss: Variable)]) -> Variable {
    let backend = backend
    let used = terms.filter { $0.weight != 0 }
    let total = used.reduce(Float(0)) { $0 + $1.weight * $1.loss.value.scalar }
    return record(backend.tensor([total], []), from: used.map(\.loss)) { dy in
      used.map { backend.scaled(dy, by: $0.weight) }
    }
  }
}

private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

private func sigmoid(_ x: Double) -> Double { x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)) }
