import NN

/// Accuracy under attack: an image counts only if it is classified right as it is and withstands the attack.
public struct RobustAccuracy: Sendable {
  public let attack: any Attack
  public let threat: Threat

  public init(_ attack: any Attack, _ threat: Threat) {
    self.attack = attack
    self.threat = threat
  }

  /// For each image of a batch whether it survives. `wasCorrect` are those classified right unattacked; the others are not attacked.
  /// `check` is called before every step of an attack; what it throws ends the measurement.
  public func survivors(
    _ batch: LabelledImages, _ classifier: any Classifier, wasCorrect: [Bool], _ stream: RandomStream, check: () throws -> Void
  ) rethrows -> [Bool] {
    let right = batch.labels.indices.filter { wasCorrect[$0] }
    var survived = [Bool](repeating: false, count: batch.labels.count)
    guard !right.isEmpty else { return survived }
    let attacked = try attack.attack(batch.at(right, on: classifier.backend), classifier, threat, stream, check: check)
    for (place, fooled) in zip(right, attacked.fooled) { survived[place] = !fooled }
    return survived
  }
}
