/// A part of a data set. The raw value names folders and members: `train`, `validation`, `test`.
public enum Split: String, CaseIterable, Comparable, Sendable, Codable {
  /// Networks learn from it.
  case train
  /// Chooses between networks; never learnt from.
  case validation
  /// Measures the chosen network, and is watched on the way; nothing is learnt from it or chosen by it.
  case test

  public static func < (left: Split, right: Split) -> Bool {
    left.order < right.order
  }

  private var order: Int {
    switch self {
    case .train: 0
    case .validation: 1
    case .test: 2
    }
  }

  /// As people name its images.
  public var words: String {
    switch self {
    case .train: "training images"
    case .validation: "validation images"
    case .test: "test images"
    }
  }
}
