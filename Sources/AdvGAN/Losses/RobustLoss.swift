import Jobs
import NN

/// What a classifier minimises on attacked images.
public protocol RobustLoss: Choice {
  /// A single number for a batch of attacked images.
  func value(attacked: Judged, _ tape: inout Tape) -> Variable
}

/// All losses of adversarial training. A new one is one file and one line here.
public enum RobustLosses {
  public static let all: [any RobustLoss.Type] = [RobustCrossEntropy.self]
}

/// CE(class, label) of attacked images (Madry et al. 2018; paper eq. 10).
public struct RobustCrossEntropy: RobustLoss {
  public static let name = "cross-entropy"
  public static let summary = "cross-entropy of attacked images (Madry et al. 2018)"

  public init() {}
  public init(_ settings: inout SettingsReader) {}

  public func value(attacked: Judged, _ tape: inout Tape) -> Variable {
    tape.meanCrossEntropy(attacked.output.classLogits, attacked.labels)
  }
}
