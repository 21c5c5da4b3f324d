import Jobs
import NN

/// Images (N, H, W, 3) in [-1, 1], each with the number of its class.
public struct LabelledImages {
  public let images: Tensor
  public let labels: [Int]

  public init(_ images: Tensor, _ labels: [Int]) {
    precondition(images.shape[0] == labels.count, "LabelledImages: images \(images.shape), \(labels.count) labels")
    (self.images, self.labels) = (images, labels)
  }

  /// Those at `places`, in that order.
  func at(_ places: [Int], on backend: any Backend) -> LabelledImages {
    if places == Array(labels.indices) { return self }
    return LabelledImages(backend.joined(places.map { backend.rows(images, $0..<$0 + 1) }), places.map { labels[$0] })
  }
}

/// By what the size of a perturbation is measured.
public enum Norm: String, Sendable {
  /// The largest change of any value.
  case linf
}

/// What an attacker may do to an image: any perturbation within the radius, as long as values stay in the range of images.
public struct Threat: Equatable, Sendable {
  public let norm: Norm
  public let radius: Epsilon

  public init(_ norm: Norm = .linf, radius: Epsilon) { (self.norm, self.radius) = (norm, radius) }
}

/// What an attack may ask of a model, all in inference mode: a black-box attack asks for logits alone.
public protocol Classifier {
  var backend: any Backend { get }

  /// The class logits (N, classes) of images.
  func classLogits(_ images: Tensor) -> Tensor

  /// The gradient of every image's own objective by that image, and what was met on the way.
  func inputGradient(of objective: any AttackObjective, at batch: LabelledImages) -> InputGradient
}

extension Classifier {
  /// What it says of each image.
  func answers(_ batch: LabelledImages) -> [Answer] { backend.answers(classLogits(batch.images), batch.labels) }
}

/// How an objective changes with the images.
public struct InputGradient {
  /// (N, H, W, 3): the gradient of image n's objective in row n. Does not depend on the other images of the batch.
  public let gradient: Tensor
  /// (N): the objective.
  public let values: Tensor
  /// (N, classes); nil for a network without class head.
  public let classLogits: Tensor?

  public init(gradient: Tensor, values: Tensor, classLogits: Tensor?) {
    (self.gradient, self.values, self.classLogits) = (gradient, values, classLogits)
  }
}

/// A way to make adversarial images.
public protocol Attack: Choice {
  /// Adversarial images to train on, (N, H, W, 3).
  ///
  /// `check` is called before every step, and nowhere else; what it throws ends the attack.
  func images(_ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void)
    rethrows -> Tensor

  /// Attacks images to find out which of them the classifier gets wrong under the threat. `check` as above.
  func attack(_ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void)
    rethrows -> Attacked

  /// The farthest that it can move any value of an image, by default to the edge of the ball.
  func reach(in threat: Threat) -> Epsilon
}

extension Attack {
  public func reach(in threat: Threat) -> Epsilon { threat.radius }
}

/// What became of attacked images.
public struct Attacked {
  /// (N, H, W, 3): where the attack on each image ended.
  public let images: Tensor
  public let verdicts: [Verdict]
  /// How many images the classifier was shown, with or without a gradient.
  public let queries: Int

  public init(images: Tensor, verdicts: [Verdict], queries: Int) { (self.images, self.verdicts, self.queries) = (images, verdicts, queries) }
}

/// All attacks. A new one is one file and one line here.
public enum Attacks {
  public static let all: [any Attack.Type] = [
    FGSM.self, PGD.self,
  ]

  public static var names: [String] { all.map { $0.name } }
}
