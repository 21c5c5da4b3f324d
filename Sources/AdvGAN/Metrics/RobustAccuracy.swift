import NN

/// Which iterates of an attack count against an image.
public enum IterateRule: String, CaseIterable, Codable, Sendable {
  /// Every iterate met on the way, the start included: the stronger measure.
  case every
  /// The last one of each restart: the textbook PGD-n of most papers.
  case last

  /// In the words of records.
  var words: String { "\(rawValue) iterate" }
}

/// Accuracy under attack: an image counts only if it is classified right as it is and survives every restart.
public struct RobustAccuracy: Sendable {
  public let attack: any Attack
  public let restarts: Int
  public let rule: IterateRule

  public init(_ attack: any Attack, restarts: Int, rule: IterateRule) {
    precondition(restarts >= 1, "RobustAccuracy: \(restarts) restarts")
    self.attack = attack
    self.restarts = restarts
    self.rule = rule
  }

  /// For each image of a batch whether it survives. `wasCorrect` are those classified right unattacked; the others are not attacked.
  /// `pause` is called at every step of an attack; what it throws ends the measurement.
  public func survivors(
    _ model: DiscriminatorModel, _ images: Tensor, _ labels: [Int], wasCorrect: [Bool], _ stream: RandomStream,
    pause: () throws -> Void
  ) rethrows -> [Bool] {
    var standing = labels.indices.filter { wasCorrect[$0] }
    for restart in 0..<restarts where !standing.isEmpty {
      let x = model.backend.joined(standing.map { model.backend.rows(images, $0..<$0 + 1) })
      let held = try hold(model, x, standing.map { labels[$0] }, stream.derived("restart", restart), pause)
      standing = zip(standing, held).filter(\.1).map(\.0)
    }
    var survived = [Bool](repeating: false, count: labels.count)
    for place in standing { survived[place] = true }
    return survived
  }

  /// The same without a pause.
  public func survivors(
    _ model: DiscriminatorModel, _ images: Tensor, _ labels: [Int], wasCorrect: [Bool], _ stream: RandomStream
  ) -> [Bool] {
    survivors(model, images, labels, wasCorrect: wasCorrect, stream, pause: {})
  }

  private func hold(
    _ model: DiscriminatorModel, _ x: Tensor, _ labels: [Int], _ stream: RandomStream, _ pause: () throws -> Void
  ) rethrows -> [Bool] {
    var held = [Bool](repeating: true, count: labels.count)
    let last = try attack.perturbed(x, labels, against: model, stream) { logits in
      try pause()
      if rule == .every { held = zip(held, isCorrect(logits, labels)).map { $0 && $1 } }
    }
    return zip(held, isCorrect(model.classLogits(last), labels)).map { $0 && $1 }
  }
}
