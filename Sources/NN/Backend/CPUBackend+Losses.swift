import Glibc

/// Losses are computed in Double and rounded once.
extension CPUBackend {
  public func binaryCrossEntropy(_ logits: Tensor, isOne: Bool) -> Tensor {
    let sign = isOne ? -1.0 : 1.0
    return tensor(host(logits).map { Float(softplus(sign * Double($0))) }, [logits.count])
  }

  public func meanBinaryCrossEntropy(_ logits: Tensor, isOne: Bool) -> Tensor {
    let (share, sign) = (1 / Double(logits.count), isOne ? -1.0 : 1.0)
    return tensor([Float(host(logits).reduce(0.0) { $0 + share * softplus(sign * Double($1)) })], [])
  }

  public func binaryCrossEntropyGradient(_ logits: Tensor, isOne: Bool, _ dy: Tensor) -> Tensor {
    precondition(dy.shape == [logits.count], "binaryCrossEntropyGradient: logits \(logits.shape), dy \(dy.shape)")
    let sign = isOne ? -1.0 : 1.0
    return tensor(zip(host(logits), host(dy)).map { Float(Double($1) * sign * sigmoid(sign * Double($0))) }, logits.shape)
  }

  public func meanBinaryCrossEntropyGradient(_ logits: Tensor, isOne: Bool, _ dy: Tensor) -> Tensor {
    let sign = isOne ? -1.0 : 1.0
    let factor = Double(scalar(dy)) * (1 / Double(logits.count)) * sign
    return tensor(host(logits).map { Float(factor * sigmoid(sign * Double($0))) }, logits.shape)
  }

  public func crossEntropy(_ logits: Tensor, _ labels: [Int]) -> Tensor {
    tensor(crossEntropies(logits, labels).map(Float.init), [labels.count])
  }

  public func meanCrossEntropy(_ logits: Tensor, _ labels: [Int]) -> Tensor {
    let share = 1 / Double(labels.count)
    return tensor([Float(crossEntropies(logits, labels).reduce(0.0) { $0 + share * $1 })], [])
  }

  public func crossEntropyGradient(_ logits: Tensor, _ labels: [Int], _ dy: Tensor) -> Tensor {
    precondition(dy.shape == [labels.count], "crossEntropyGradient: \(labels.count) labels, dy \(dy.shape)")
    return crossEntropyGradient(logits, labels, share: 1) { Double(dy.source[$0]) }
  }

  public func meanCrossEntropyGradient(_ logits: Tensor, _ labels: [Int], _ dy: Tensor) -> Tensor {
    let scale = Double(scalar(dy))
    return crossEntropyGradient(logits, labels, share: 1 / Double(labels.count)) { _ in scale }
  }

  public func mean(_ x: Tensor) -> Tensor { tensor([Float(host(x).reduce(0.0) { $0 + Double($1) } / Double(x.count))], []) }

  public func meanGradient(_ dy: Tensor, inputShape: [Int]) -> Tensor {
    let count = inputShape.reduce(1, *)
    return tensor([Float](repeating: Float(Double(scalar(dy)) / Double(count)), count: count), inputShape)
  }

  private func crossEntropies(_ logits: Tensor, _ labels: [Int]) -> [Double] {
    let classes = requireLabels(logits, labels)
    return labels.enumerated().map { n, label in
      let row = UnsafeBufferPointer(start: logits.source + n * classes, count: classes)
      let top = Double(row.max() ?? 0)
      return top + log(row.reduce(0.0) { $0 + exp(Double($1) - top) }) - Double(row[label])
    }
  }

  /// scale(n) * share * (softmax(x) - one-hot(label)) of row n.
  private func crossEntropyGradient(_ logits: Tensor, _ labels: [Int], share: Double, _ scale: (Int) -> Double) -> Tensor {
    let classes = requireLabels(logits, labels)
    let dx = make(logits.shape)
    for (n, label) in labels.enumerated() {
      let row = UnsafeBufferPointer(start: logits.source + n * classes, count: classes)
      let top = Double(row.max() ?? 0)
      let total = row.reduce(0.0) { $0 + exp(Double($1) - top) }
      var gradient = row.map { share * exp(Double($0) - top) / total }
      // p - 1 as minus the sum of the others: nothing cancels where the network is sure.
      gradient[label] = 0
      gradient[label] = -gradient.reduce(0, +)
      let (factor, into) = (scale(n), dx.buffer.pointer + n * classes)
      for j in 0..<classes { into[j] = Float(factor * gradient[j]) }
    }
    return dx
  }

  private func requireLabels(_ logits: Tensor, _ labels: [Int]) -> Int {
    let classes = logits.shape.count == 2 ? logits.shape[1] : 0
    precondition(classes > 0 && logits.shape[0] == labels.count, "crossEntropy: logits \(logits.shape), \(labels.count) labels")
    precondition(labels.allSatisfy { $0 >= 0 && $0 < classes }, "crossEntropy: a label outside 0 ..< \(classes)")
    return classes
  }
}

private func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-abs(x))) }

private func sigmoid(_ x: Double) -> Double { x >= 0 ? 1 / (1 + exp(-x)) : exp(x) / (1 + exp(x)) }
