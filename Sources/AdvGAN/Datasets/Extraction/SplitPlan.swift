import IO
import Jobs

/// Where each image of an inventory goes. A pure function of the inventory, the settings, and of which images were found to be of no use.
///
/// The more images are dropped, the more others are looked at, and none of those looked at before is given up: so in the end the same are
/// dropped, in whatever order and after whatever interruption they were found.
public struct SplitPlan: Equatable, Sendable {
  public struct Place: Hashable, Sendable {
    public let split: Split
    /// Counts from 0 in each split, in order of the inventory.
    public let number: Int
  }

  /// Aligned with the inventory's entries; nil where an image is skipped.
  public let places: [Place?]
  /// Images of each class, by label, of the splits that exist.
  public let counts: [Split: [Int]]

  /// - Parameters:
  ///   - dropped: places in the inventory of images that are too small or broken.
  ///   - validation: which images move from train to validation.
  ///   - limit: the most images of a class in each split that the archive brings; the first ones in order of the inventory stay. It
  ///     applies after the validation images were taken, so that these do not depend on it.
  ///   - seed: chooses the validation images.
  init(
    _ inventory: Inventory, without dropped: Set<Int> = [], validation: ValidationPart = .none, limit: Int? = nil, seed: Int = 0
  ) throws(StageError) {
    var splits: [Split?] = inventory.entries.indices.map { dropped.contains($0) ? nil : inventory.entries[$0].split }
    for index in try SplitPlan.validationImages(inventory, splits, validation, seed) { splits[index] = .validation }

    var kept: [Split: [Int]] = [:]
    for (index, entry) in inventory.entries.enumerated() {
      guard let split = splits[index] else { continue }
      let isCarved = split != entry.split
      if let limit, !isCarved, kept[split]?[entry.label] ?? 0 >= limit {
        splits[index] = nil
      } else {
        kept[split, default: [Int](repeating: 0, count: inventory.classes.count)][entry.label] += 1
      }
    }
    counts = kept

    var next: [Split: Int] = [:]
    places = splits.map { split in
      split.map { split in
        defer { next[split, default: 0] += 1 }
        return Place(split: split, number: next[split, default: 0])
      }
    }
  }

  /// What a person should know of the splits: where classes have no images, where some have many times the images of others, and where labels are not the
  /// numbers that classes are named by.
  func remarks(classes: [String]) -> [String] { sizeRemarks(classes) + [Self.orderRemark(classes)].compactMap(\.self) }

  /// Folders 1, 2 and 10 in the order of their bytes.
  private static func orderRemark(_ classes: [String]) -> String? {
    let numbers = classes.compactMap { Int($0) }
    guard numbers.count == classes.count, numbers != numbers.sorted() else { return nil }
    let first = classes.prefix(4).joined(separator: ", ")
    return "the classes are numbers, but their labels follow the bytes of their names: \(first) have the labels 0, 1, 2, ...; "
      + "for weights that were trained by number, give the folders names of equal length (01, 02, 10)"
  }

  private func sizeRemarks(_ classes: [String]) -> [String] {
    counts.sorted { $0.key < $1.key }.compactMap { split, counts in
      if let absent = counts.firstIndex(of: 0) {
        return "the split '\(split.rawValue)' has no images of \(counts.count { $0 == 0 }) of \(classes.count) classes, first '\(classes[absent])'"
      }
      guard let least = counts.min(), let most = counts.max(), most > 10 * least, let few = counts.firstIndex(of: least),
        let many = counts.firstIndex(of: most)
      else { return nil }
      return "the classes of the split '\(split.rawValue)' differ much in size: from \(least) images of '\(classes[few])' to \(most) of '\(classes[many])'"
    }
  }

  /// The number of images in a split.
  func count(_ split: Split) -> Int { counts[split]?.reduce(0, +) ?? 0 }

  /// Inventory places of the training images that validation takes.
  private static func validationImages(
    _ inventory: Inventory, _ splits: [Split?], _ validation: ValidationPart, _ seed: Int
  ) throws(StageError) -> [Int] {
    if validation.isNone { return [] }
    try validation.requireNoOwnSplit(in: inventory)
    var members = [[Int]](repeating: [], count: inventory.classes.count)
    var listed = [Int](repeating: 0, count: inventory.classes.count)
    for (index, entry) in inventory.entries.enumerated() where entry.split == .train {
      listed[entry.label] += 1
      if splits[index] != nil { members[entry.label].append(index) }
    }
    let takes = try validation.takes(from: members.map(\.count), of: listed, named: inventory.classes)
    return zip(members, takes).flatMap { shuffled($0, seed).prefix($1) }
  }

  /// A permutation fixed by the seed, without a random stream: the places in order of the digest of seed and place. The words that are
  /// hashed decide which images are chosen, so they never change.
  private static func shuffled(_ places: [Int], _ seed: Int) -> [Int] {
    let ranked = places.map { place in (place, SHA256.digest(of: Array("validation, seed \(seed), picture \(place)".utf8)).hex) }
    return ranked.sorted { $0.1 < $1.1 }.map(\.0)
  }
}
