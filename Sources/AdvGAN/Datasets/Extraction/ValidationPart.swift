import Jobs

/// How much of train becomes validation.
public enum ValidationPart: Equatable, Sendable {
  /// So many images, equally many of every class.
  case images(Int)
  /// This share of every class as the archive has it, rounded down; at least one.
  case share(Double)

  public static let none = ValidationPart.images(0)

  /// Reads `validation`: a whole number, or a share below 1.
  init(_ settings: inout SettingsReader) throws {
    let number = try settings.number("validation", default: 0, in: 0...100_000_000,
      "images moved from train to validation, equally many of each class; below 1: this share of each class")
    if number > 0, number < 1 {
      self = .share(number)
    } else if let count = Int(exactly: number) {
      self = .images(count)
    } else {
      throw settings.error(at: "validation", "'validation' must be a whole number of images, or a share below 1, but is \(number)")
    }
  }

  var isNone: Bool { self == .none }

  /// What was asked for, as in the job file.
  private var words: String {
    switch self {
    case .images(let count): "'validation: \(count)'"
    case .share(let share): "'validation: \(share)'"
    }
  }

  /// How many images of a class become validation, by label.
  /// - Parameters:
  ///   - train: training images of each class that are of use.
  ///   - listed: those in the archive. A share is one of these, so that it does not depend on how many were found to be of no use so far.
  ///   - names: of the classes, for messages.
  /// - Throws: `StageError` where the number cannot be spread evenly, or a class would have none left to learn from.
  func takes(from train: [Int], of listed: [Int], named names: [String]) throws(StageError) -> [Int] {
    switch self {
    case .share(let share):
      // 0.29 of 100 is 28.999999999999996.
      let takes = zip(listed, train).map { min(Int(share * Double($0) + 1e-9), max($1 - 1, 0)) }
      if let label = takes.firstIndex(of: 0) {
        throw StageError(
          "\(words) takes no image of '\(names[label])', of which 'train' has \(train[label]), so that 'validation' would lack the class; ask for a larger "
            + "share, or for \(names.count) images or more")
      }
      return takes
    case .images(let count):
      guard count.isMultiple(of: train.count) else {
        let less = count / train.count * train.count
        throw StageError(
          "\(words) cannot be spread evenly over \(train.count) classes; use \(less > 0 ? "\(less) or " : "")\(less + train.count)")
      }
      let share = count / train.count
      if count > 0, let label = train.firstIndex(where: { $0 <= share }) {
        throw StageError(
          "\(words) needs \(share) images of each class and one more to learn from, but 'train' has \(train[label]) of '\(names[label])'")
      }
      return train.map { _ in share }
    }
  }

  /// - Throws: `StageError` where the archive has validation images of its own.
  func requireNoOwnSplit(in inventory: Inventory) throws(StageError) {
    guard !isNone, inventory.entries.contains(where: { $0.split == .validation }) else { return }
    throw StageError("\(words) asks for images out of 'train', but the archive brings its own split 'validation'; use 'validation: 0'")
  }
}
