import NN

/// What an attacker maximises (paper eq. 2; batch means).
public enum AttackObjective: String, CaseIterable, Codable, Sendable {
  /// 0.5 BCE(realness, real) + 0.5 CE(class, label): the published co-training.
  case both
  /// CE(class, label): the paper's formula, fine-tuning and every evaluation.
  case `class`

  func loss(_ verdict: Verdict, _ labels: [Int], _ tape: inout Tape) -> Variable {
    let classes = tape.crossEntropy(verdict.classes, labels)
    guard self == .both, let realness = verdict.realness else { return classes }
    return tape.weightedSum([(0.5, tape.binaryCrossEntropy(realness, isOne: true)), (0.5, classes)])
  }
}
