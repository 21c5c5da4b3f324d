import IO
import Jobs

/// Labelled images: up to three splits over the same classes.
public struct Dataset: Equatable, Sendable {
  /// The classes' names, in order of their labels.
  public let classes: [String]
  /// The splits that exist (and were asked for); none is empty, all have images of one size.
  public let splits: [Split: ImageSet]

  public init(classes: [String], splits: [Split: ImageSet]) {
    precondition(
      splits.values.allSatisfy { $0.labels.allSatisfy(classes.indices.contains) },
      "Dataset: every label must lie in 0..<\(classes.count)")
    (self.classes, self.splits) = (classes, splits)
  }

  /// A split that the caller cannot do without.
  /// - Throws: `StageError` where the data set has none of that name.
  public func split(_ split: Split) throws(StageError) -> ImageSet {
    guard let set = splits[split] else {
      let found = splits.keys.sorted().map { "'\($0.rawValue)'" }.joined(separator: " and ")
      let advice = split == .validation ? "; set 'validation' in the extract stage to carve one out of 'train'" : ""
      throw StageError("the data set has no split '\(split.rawValue)', only \(found.isEmpty ? "none at all" : found)\(advice)")
    }
    return set
  }
}
