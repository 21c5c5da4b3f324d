import NN

/// What an attacker maximises (paper eq. 2; batch means).
public enum AttackObjective: String, CaseIterable, Codable, Sendable {
  /// 0.5 BCE(adversarial, real) + 0.5 CE(class, label): the published co-training.
  case both
  /// CE(class, label): the paper's formula, fine-tuning and every evaluation.
  case `class`

  func loss(_ output: DiscriminatorOutput, _ labels: [Int], _ tape: inout Tape) -> Variable {
    let classes = tape.meanCrossEntropy(output.classLogits, labels)
    guard self == .both, let adversarial = output.adversarial else { return classes }
    return tape.weightedSum([(0.5, tape.meanBinaryCrossEntropy(adversarial, isOne: true)), (0.5, classes)])
  }
}
