import Jobs
import NN

/// The local Lipschitz value of the paper's Fig. 1: the L2 norm of the gradient of the classification loss by the image.
///
/// The norm is taken per unit of the [-1, 1] pixel scale (half of the value per unit of [0, 1]). The paper's eq. (6) has the norm, not its
/// square; so has this. An image whose gradient is all zeros, or not finite, is not measured.
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
    let gradient = classifier.inputGradient(of: CrossEntropyObjective(), at: batch).gradient
    return [zip(classifier.backend.rowNorms(gradient), classifier.backend.magnitudes(gradient)).map { $1 > 0 ? $0 : .nan }]
  }
}
