import Jobs
import NN

/// The local Lipschitz value of the paper's Fig. 1: the L2 norm of the gradient of the classification loss by the image.
///
/// The norm is taken per unit of the [-1, 1] pixel scale (half of the value per unit of [0, 1]). The paper's eq. (6) has the norm, not its
/// square; so has this.
public struct LocalLipschitz: Metric {
  public static let name = "local-lipschitz"
  public static let summary = "L2 norm of the gradient of the cross-entropy by the image (paper Fig. 1)"

  public init() {}
  public init(_ settings: inout SettingsReader) {}

  static let quantity = Quantity("lipschitz", "local Lipschitz value", unit: "pixel scale [-1, 1]")
  public var quantities: [Quantity] { [Self.quantity] }

  public func measure(
    _ batch: LabelledImages, _ classifier: any Classifier, _ stream: RandomStream, check: () throws -> Void
  ) rethrows -> [[Double]] {
    [classifier.backend.rowNorms(classifier.inputGradient(of: CrossEntropyObjective(), at: batch).gradient)]
  }
}
