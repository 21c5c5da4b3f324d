import Jobs
import NN

/// The fast gradient sign method (Goodfellow et al. 2015): one step to the edge of the L-infinity ball.
///
/// x' = clamp(x + epsilon * sign(gradient), -1, 1)
public struct FGSM: IterativeAttack {
  public static let name = "fgsm"
  public static let summary = "one step of the gradient's sign to the edge of the L-infinity ball (Goodfellow et al. 2015)"

  public var objective: any AttackObjective
  public var restarts: Int { 1 }
  public var counted: IterateRule { .last }

  public init(objective: any AttackObjective = CrossEntropyObjective()) { self.objective = objective }

  public init(_ settings: inout SettingsReader) throws {
    objective = try settings.choose("objective", from: AttackObjectives.all, default: CrossEntropyObjective.self, "what is maximised")
  }

  public func run(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void,
    watch: (InputGradient) -> Void
  ) rethrows -> Tensor {
    try check()
    let radius = Float(threat.radius.onPaperScale)
    let found = classifier.inputGradient(of: objective, at: batch)
    watch(found)
    var images = batch.images
    classifier.backend.signStep(&images, from: batch.images, along: found.gradient, BallStep(step: radius, radius: radius))
    return images
  }
}
