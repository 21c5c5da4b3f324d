import IO
import Jobs

/// Where each picture of an inventory goes. A pure function of the inventory and the settings; nothing has been decoded yet.
struct SplitPlan: Equatable {
  struct Place: Hashable {
    let split: Split
    /// Counts from 0 in each split, in order of the inventory.
    let number: Int
  }

  /// Aligned with the inventory's entries; nil where a picture is left out.
  let places: [Place?]
  /// Pictures of each class, by label, of the splits that exist.
  let counts: [Split: [Int]]

  /// - Parameters:
  ///   - validation: pictures to move from train to validation, equally many of every class.
  ///   - limit: the most pictures of a class in each split that the archive brings; the first ones in order of the inventory stay. It
  ///     applies after the validation pictures were taken, so that these do not depend on it.
  ///   - seed: chooses the validation pictures.
  init(_ inventory: Inventory, validation: Int = 0, limit: Int? = nil, seed: Int = 0) throws(StageError) {
    var splits: [Split?] = inventory.entries.map(\.split)
    for index in try SplitPlan.validationPictures(inventory, validation, seed) { splits[index] = .validation }

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

  /// The number of pictures in a split.
  func count(_ split: Split) -> Int { counts[split]?.reduce(0, +) ?? 0 }

  /// Inventory places of the training pictures that validation takes.
  private static func validationPictures(_ inventory: Inventory, _ validation: Int, _ seed: Int) throws(StageError) -> [Int] {
    guard validation > 0 else { return [] }
    let classes = inventory.classes.count
    guard !inventory.entries.contains(where: { $0.split == .validation }) else {
      throw StageError(
        "'validation: \(validation)' asks for pictures out of 'train', but the archive brings its own split 'validation'; use 'validation: 0'"
      )
    }
    guard validation.isMultiple(of: classes) else {
      let less = validation / classes * classes
      throw StageError(
        "'validation: \(validation)' cannot be spread evenly over \(classes) classes; use \(less > 0 ? "\(less) or " : "")\(less + classes)"
      )
    }
    let share = validation / classes
    var members = [[Int]](repeating: [], count: classes)
    for (index, entry) in inventory.entries.enumerated() where entry.split == .train { members[entry.label].append(index) }
    for (label, members) in members.enumerated() where members.count <= share {
      throw StageError(
        "'validation: \(validation)' needs \(share) pictures of each class and one more to learn from, but 'train' has \(members.count) of "
          + "'\(inventory.classes[label])'")
    }
    return members.flatMap { shuffled($0, seed).prefix(share) }
  }

  /// A permutation fixed by the seed, without a random stream: the places in order of the digest of seed and place.
  private static func shuffled(_ places: [Int], _ seed: Int) -> [Int] {
    let ranked = places.map { place in (place, SHA256.digest(of: Array("validation, seed \(seed), picture \(place)".utf8)).hex) }
    return ranked.sorted { $0.1 < $1.1 }.map(\.0)
  }
}
