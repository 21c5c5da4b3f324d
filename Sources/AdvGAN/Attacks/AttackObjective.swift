import Jobs
import NN

/// What an attacker maximises, for each image by itself (paper eq. 2).
public protocol AttackObjective: Choice {
  /// One value an image, (N).
  func values(_ output: DiscriminatorOutput, _ labels: [Int], _ tape: inout Tape) -> Variable
}

/// All objectives. A new one is a type and one line here.
public enum AttackObjectives {
  public static let all: [any AttackObjective.Type] = [CrossEntropyObjective.self, BothHeadsObjective.self]
}

/// CE(class, label): the paper's formula, fine-tuning and every evaluation.
public struct CrossEntropyObjective: AttackObjective {
  public static let name = "cross-entropy"
  public static let summary = "cross-entropy of the true class (paper eq. 2)"

  public init() {}
  public init(_ settings: inout SettingsReader) {}

  public func values(_ output: DiscriminatorOutput, _ labels: [Int], _ tape: inout Tape) -> Variable {
    tape.crossEntropy(output.classLogits, labels)
  }
}

/// 0.5 BCE(adversarial, real) + 0.5 CE(class, label): the published co-training. The one alone for a network that lacks the other's head.
public struct BothHeadsObjective: AttackObjective {
  public static let name = "both"
  public static let summary = "mean of the cross-entropies of both heads, as in the published co-training"

  public init() {}
  public init(_ settings: inout SettingsReader) {}

  public func values(_ output: DiscriminatorOutput, _ labels: [Int], _ tape: inout Tape) -> Variable {
    let classes = output.classes.map { tape.crossEntropy($0, labels) }
    guard let adversarial = output.adversarial else { return classes ?? CrossEntropyObjective().values(output, labels, &tape) }
    let real = tape.binaryCrossEntropy(adversarial, isOne: true)
    return classes.map { tape.weightedSum([(0.5, real), (0.5, $0)]) } ?? real
  }
}
