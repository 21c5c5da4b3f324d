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
    let answers = classifier.answers(batch)
    let clean = answers.map { $0 == .none ? .nan : $0 == .right ? 1.0 : 0 }
    guard let attack else { return [clean] }
    let verdicts = try attack.choice.attack.verdicts(
      batch, classifier, attack.threat, wasCorrect: answers.map { $0 == .right }, stream, check: check)
    return [clean, zip(clean, verdicts).map { $0.isNaN || $1 == .unmeasured ? .nan : $1 == .survived ? 1.0 : 0 }]
  }
}
