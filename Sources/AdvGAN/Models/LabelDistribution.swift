import Jobs
import NN

/// Of which classes a generator is asked for images.
enum LabelDistribution: Equatable, Sendable {
  /// Every class alike, as published.
  case uniform(classes: Int)
  /// As often as among these labels, those of the training images.
  case like([Int])

  /// `count` labels.
  func draw(_ count: Int, _ stream: inout RandomStream) -> [Int] {
    switch self {
    case .uniform(let classes): stream.integers(count, below: classes)
    case .like(let labels): stream.integers(count, below: labels.count).map { labels[$0] }
    }
  }
}

extension LabelDistribution {
  /// `generated_labels`.
  enum Choice: String, CaseIterable, Sendable {
    case uniform
    /// As among the training images: where classes have very different numbers of images, a generator that is asked for all alike spends
    /// most of its updates on classes that it has hardly seen.
    case training

    init(_ settings: inout SettingsReader) throws {
      self = try settings.choice("generated_labels", default: .uniform, "how often the generator is asked for each class")
    }

    func distribution(_ dataset: Dataset) throws(StageError) -> LabelDistribution {
      switch self {
      case .uniform: .uniform(classes: dataset.classes.count)
      case .training: .like(try dataset.split(.train).labels)
      }
    }
  }
}
