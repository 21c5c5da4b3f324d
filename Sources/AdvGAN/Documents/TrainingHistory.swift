import Foundation
import IO
import Jobs

/// Something that is measured: its key in documents, and its name for people.
public struct Quantity: Codable, Hashable, Sendable {
  public let key: String
  public let title: String
  /// `fraction` for shares in [0, 1]; nil for a pure number.
  public let unit: String?

  public init(_ key: String, _ title: String, unit: String? = nil) { (self.key, self.title, self.unit) = (key, title, unit) }
}

extension Quantity {
  static let validationClean = Quantity("validation_clean", "accuracy, validation images", unit: .fraction)
  /// Not measured where validation images are not attacked.
  static let validationRobust = Quantity("validation_robust", "accuracy under attack, validation images", unit: .fraction)
}

extension String {
  /// The unit of shares: numbers in [0, 1], which people read in percent.
  static let fraction = "fraction"
}

/// `metrics.jsonl`: what was measured in each epoch of a training, a JSON object an epoch; and `quantities.json`, what its keys mean beside
/// those that every training has.
struct TrainingHistory: Codable, Equatable, Sendable {
  /// In order of time.
  var epochs: [Epoch] = []
  /// Quantities with titles of their own, in the order they were first measured.
  var quantities: [Quantity] = []

  struct Epoch: Equatable, Sendable {
    /// Counted from 1.
    var epoch: Int
    /// Updates of the network so far.
    var step: Int
    /// By key; finite, six significant digits.
    var values: [String: Double]
    /// Whether these weights were kept as the best so far; nil in a co-training, which keeps the last.
    var best: Bool?
  }

  /// Takes in an epoch; values that are not finite are left out.
  mutating func add(_ epoch: Epoch, _ named: [Quantity]) {
    var epoch = epoch
    epoch.values = epoch.values.filter(\.value.isFinite).mapValues(Self.rounded)
    epochs.append(epoch)
    quantities += named.filter { new in !quantities.contains { $0.key == new.key } }
  }

  /// Epochs and values of one quantity, in order of time.
  func curve(_ key: String) -> [(x: Double, y: Double)] {
    epochs.compactMap { epoch in epoch.values[key].map { (Double(epoch.epoch), $0) } }
  }

  /// Six significant digits; 0 for what is so small that the power of ten to scale it by is not finite.
  private static func rounded(_ value: Double) -> Double {
    guard value.magnitude > 1e-300 else { return 0 }
    var scale = 1.0
    var size = value.magnitude
    while size < 100_000 { (size, scale) = (size * 10, scale * 10) }
    while size >= 1_000_000 { (size, scale) = (size / 10, scale / 10) }
    return (value * scale).rounded() / scale
  }
}

extension TrainingHistory.Epoch: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  private static let known = ["epoch", "step", "best"]

  /// Everything else is a value.
  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    epoch = try members.decode(Int.self, forKey: Key(stringValue: "epoch"))
    step = try members.decode(Int.self, forKey: Key(stringValue: "step"))
    best = try members.decodeIfPresent(Bool.self, forKey: Key(stringValue: "best"))
    values = [:]
    for key in members.allKeys where !Self.known.contains(key.stringValue) {
      values[key.stringValue] = try members.decode(Double.self, forKey: key)
    }
  }

  func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    try members.encode(epoch, forKey: Key(stringValue: "epoch"))
    try members.encode(step, forKey: Key(stringValue: "step"))
    try members.encodeIfPresent(best, forKey: Key(stringValue: "best"))
    for (key, value) in values { try members.encode(value, forKey: Key(stringValue: key)) }
  }
}

/// Files.
extension TrainingHistory {
  /// Numbers of epochs and steps that may be true.
  static let largest = 0...1_000_000_000_000

  /// Names of the members in an artifact of a training.
  static let member = "metrics.jsonl", quantitiesMember = "quantities.json"

  private struct QuantitiesDocument: Codable {
    var format = 1
    var quantities: [Quantity]
  }

  /// Both members by their names.
  var files: [String: [UInt8]] {
    [
      Self.member: Array(epochs.map { JSON(encoding: $0).canonical + "\n" }.joined().utf8),
      Self.quantitiesMember: Array(JSON(encoding: QuantitiesDocument(quantities: quantities)).pretty.utf8),
    ]
  }

  /// Reads and checks both members: of `metrics.jsonl` a JSON object a line, empty lines skipped, epochs in growing order. No line at all is
  /// an empty history, not an error.
  /// - Parameter kind: the kind of stage that made it, for the advice.
  /// - Throws: `FileError` of kind `.damaged` that names the line, the key and what was found.
  static func read(_ bytes: [UInt8], quantities: [UInt8], from artifact: FilePath, madeBy kind: String) throws(FileError) -> TrainingHistory
  {
    let titles = MemberReading(artifact: artifact, member: quantitiesMember, madeBy: kind)
    try titles.checkFormat(of: quantities)
    let document: QuantitiesDocument = try titles.decode(quantities)
    var reading = MemberReading(artifact: artifact, member: member, madeBy: kind)
    var epochs: [Epoch] = []
    for (number, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0d }) { continue }
      reading.line = number + 1
      let epoch: Epoch = try reading.decode(Array(line))
      try reading.check(largest.contains(epoch.epoch), at: "epoch", expected: "a number from 0 to \(largest.upperBound)", found: "\(epoch.epoch)")
      try reading.check(largest.contains(epoch.step), at: "step", expected: "a number from 0 to \(largest.upperBound)", found: "\(epoch.step)")
      if let last = epochs.last {
        try reading.check(epoch.epoch > last.epoch, at: "epoch", expected: "more than \(last.epoch)", found: "\(epoch.epoch)")
      }
      epochs.append(epoch)
    }
    return TrainingHistory(epochs: epochs, quantities: document.quantities)
  }
}
