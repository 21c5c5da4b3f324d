/// `evaluation.json`: how often the models of one artifact are right on attacked images.
struct EvaluationDocument: Codable, Equatable, Sendable {
  /// Form of the file; absent means 1, the only one there is.
  var format: Int?
  /// Architecture and its width, as the networks are named in job files.
  var network: String
  var width: Int
  var attack: AttackRecord
  /// Names of the classes whose images were measured; absent means all.
  var classes: [String]? = nil
  /// `best` and `last` of a fine-tuned classifier, or the one `discriminator` of a co-training.
  var models: [Model]

  struct Model: Codable, Equatable, Sendable {
    var weights: String
    var splits: [Split]

    /// The numbers on `train` or `test`, if they were taken.
    func split(_ name: String) -> Split? { splits.first { $0.split == name } }
  }

  struct Split: Codable, Equatable, Sendable {
    /// `train`, `validation` or `test`.
    var split: String
    /// How many images were attacked, and how many the split holds.
    var images: Int
    var imagesInSplit: Int
    var classNames: [String]
    var lipschitz: Lipschitz?
    /// In order of epsilon; epsilon 0 is the clean image.
    var points: [Point]

    enum CodingKeys: String, CodingKey {
      case split, images, lipschitz, points
      case imagesInSplit = "images_in_split"
      case classNames = "class_names"
    }

    func point(_ epsilon: Epsilon) -> Point? { points.first { $0.radius == epsilon } }
  }

  /// Local Lipschitz value: the mean over images of the L2 norm of the loss's gradient by the clean image (paper section 3.1).
  struct Lipschitz: Codable, Equatable, Sendable {
    var meanL2: Double
    /// Scale of the images that the gradient is taken by; on [0, 1] it is twice as large as on [-1, 1].
    var pixelScale: String

    enum CodingKeys: String, CodingKey {
      case meanL2 = "mean_l2"
      case pixelScale = "pixel_scale"
    }
  }

  struct Point: Codable, Equatable, Sendable {
    /// On the [0, 1] pixel scale.
    var epsilon: Double
    var epsilonText: String
    /// On the [-1, 1] pixel scale, twice `epsilon`.
    var epsilonPaperScale: Double
    var correct: Int
    /// `correct` by the number of images. The report computes it anew.
    var accuracy: Double
    var perClass: [ClassCount]

    enum CodingKeys: String, CodingKey {
      case epsilon, correct, accuracy
      case epsilonText = "epsilon_text"
      case epsilonPaperScale = "epsilon_paper_scale"
      case perClass = "per_class"
    }

    /// Read files are checked, so that this holds for every epsilon in them.
    var radius: Epsilon { Epsilon.reported(epsilon) }
  }

  struct ClassCount: Codable, Equatable, Sendable {
    var images: Int
    var correct: Int

    var proportion: Proportion { Proportion(correct: correct, total: images) }
  }
}
