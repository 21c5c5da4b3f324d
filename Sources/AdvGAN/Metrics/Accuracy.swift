import Jobs
import NN

/// The share of images that are classified right, as they are and, where there is an attack, under it.
public struct Accuracy: Metric {
  public static let name = "accuracy"
  public static let summary = "share of images that are classified right, clean and under an attack"

  let attack: TrainingAttack?

  init(_ attack: TrainingAttack?) { self.attack = attack }

  public init(_ settings: inout SettingsReader) throws {
    attack = try settings.attack("attack", defaults: ["steps": 20], isNone: true, "the attack that images meet too")
  }

  static let clean = Quantity("clean", "accuracy", unit: .fraction)
  static let robust = Quantity("robust", "accuracy under attack", unit: .fraction)
  public var quantities: [Quantity] { attack == nil ? [Self.clean] : [Self.clean, Self.robust] }

  public func measure(
    _ batch: LabelledImages, _ classifier: any Classifier, _ stream: RandomStream, check: () throws -> Void
  ) rethrows -> [[Double]] {
    let right = classifier.isCorrect(batch)
    guard let attack else { return [right.shares] }
    return try [right.shares, attack.choice.attack.survivors(batch, classifier, attack.threat, wasCorrect: right, stream, check: check).shares]
  }
}

extension [Bool] {
  fileprivate var shares: [Double] { map { $0 ? 1 : 0 } }
}

extension Attack {
  /// For each image whether it survives: it counts only if it is classified right as it is and withstands the attack. `wasCorrect` are
  /// those classified right unattacked; the others are not attacked. `check` as in ``attack(_:_:_:_:check:)``.
  public func survivors(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, wasCorrect: [Bool], _ stream: RandomStream,
    check: () throws -> Void
  ) rethrows -> [Bool] {
    let right = batch.labels.indices.filter { wasCorrect[$0] }
    var survived = [Bool](repeating: false, count: batch.labels.count)
    guard !right.isEmpty else { return survived }
    let attacked = try attack(batch.at(right, on: classifier.backend), classifier, threat, stream, check: check)
    for (place, fooled) in zip(right, attacked.fooled) { survived[place] = !fooled }
    return survived
  }
}
