import IO
import Jobs

/// `selection.json`: which epoch of a fine-tuning was kept as the best, by accuracy under attack on images held out for the purpose.
struct SelectionDocument: Codable, Equatable, Sendable {
  var format = 1
  var bestEpoch: Int
  var lastEpoch: Int
  /// Accuracy in [0, 1] of the weights of each epoch on the validation images, under `validationAttack` if there is one.
  var validationAccuracyBest: Double
  var validationAccuracyLast: Double
  var validationImages: Int
  /// The attack on the validation images; nil where they stayed clean.
  var validationAttack: AttackRecord?
  /// Whether the training stopped before its last planned epoch, because the best had been long ago.
  var endedEarly: Bool

  enum CodingKeys: String, CodingKey {
    case format
    case bestEpoch = "best_epoch"
    case lastEpoch = "last_epoch"
    case validationAccuracyBest = "validation_accuracy_best"
    case validationAccuracyLast = "validation_accuracy_last"
    case validationImages = "validation_images"
    case validationAttack = "validation_attack"
    case endedEarly = "ended_early"
  }

  /// How the validation images were attacked, in a word or two: `PGD at 8/255`, `clean`.
  var validationWords: String { validationAttack?.title ?? "clean" }

  /// Name of the member in a fine-tuning's artifact.
  static let member = "selection.json"

  var encoded: [UInt8] { Array(JSON(encoding: self).pretty.utf8) }

  /// Reads and checks `selection.json`.
  /// - Throws: `FileError` of kind `.damaged` that names the key and what was found, or `.unsupported` for another format.
  static func read(_ bytes: [UInt8], from artifact: FilePath) throws(FileError) -> SelectionDocument {
    let reading = MemberReading(artifact: artifact, member: member, madeBy: "finetune")
    try reading.checkFormat(of: bytes)
    let document: SelectionDocument = try reading.decode(bytes)
    try reading.check(
      document.validationImages >= 0, at: "validation_images", expected: "no negative number", found: "\(document.validationImages)")
    for (key, epoch) in [("best_epoch", document.bestEpoch), ("last_epoch", document.lastEpoch)] {
      try reading.check(
        TrainingHistory.largest.contains(epoch), at: key, expected: "a number from 0 to \(TrainingHistory.largest.upperBound)", found: "\(epoch)")
    }
    try reading.check(
      document.bestEpoch <= document.lastEpoch, at: "best_epoch", expected: "at most the last epoch, \(document.lastEpoch)",
      found: "\(document.bestEpoch)")
    let accuracies = [("validation_accuracy_best", document.validationAccuracyBest), ("validation_accuracy_last", document.validationAccuracyLast)]
    for (key, value) in accuracies {
      try reading.check((0...1).contains(value), at: key, expected: "a number from 0 to 1", found: "\(value)")
    }
    return document
  }
}
