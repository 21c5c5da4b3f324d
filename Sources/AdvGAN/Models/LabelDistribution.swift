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
