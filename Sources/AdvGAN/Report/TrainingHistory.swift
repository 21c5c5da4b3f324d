import IO

/// `metrics.jsonl`: what was measured in each epoch of a training.
struct TrainingHistory: Equatable, Sendable {
  /// In order of time.
  var epochs: [Epoch]

  /// A measured quantity; the raw value is its key in the file. Which of them exist depends on the training.
  enum Quantity: String, CaseIterable, Codable, Sendable {
    case learningRate = "learning_rate"
    case lossDiscriminator = "loss_discriminator"
    case lossReal = "loss_real"
    case lossFake = "loss_fake"
    case lossGenerator = "loss_generator"
    case accuracyReal = "accuracy_real"
    case accuracyFake = "accuracy_fake"
    case recognisedReal = "recognised_real"
    case fooledRate = "fooled_rate"
    case validationClean = "validation_clean"
    case validationRobust = "validation_robust"
    case lipschitzTrain = "lipschitz_train"
    case lipschitzTest = "lipschitz_test"
  }

  struct Epoch: Equatable, Sendable {
    /// Counted from 1.
    var epoch: Int
    /// Updates of the network so far.
    var step: Int
    var values: [Quantity: Double]
    /// Whether these weights were kept as the best so far; absent in a co-training, which keeps the last.
    var best: Bool?
  }

  /// Whether any epoch has the quantity.
  func has(_ quantity: Quantity) -> Bool { epochs.contains { $0.values[quantity] != nil } }

  /// Epochs and values of one quantity, in order of time.
  func curve(_ quantity: Quantity) -> [(x: Double, y: Double)] {
    epochs.compactMap { epoch in epoch.values[quantity].map { (Double(epoch.epoch), $0) } }
  }
}

extension TrainingHistory.Epoch: Codable {
  private struct Key: CodingKey {
    var stringValue: String
    var intValue: Int? { nil }
    init(stringValue: String) { self.stringValue = stringValue }
    init?(intValue: Int) { nil }
  }

  init(from decoder: any Decoder) throws {
    let members = try decoder.container(keyedBy: Key.self)
    epoch = try members.decode(Int.self, forKey: Key(stringValue: "epoch"))
    step = try members.decode(Int.self, forKey: Key(stringValue: "step"))
    best = try members.decodeIfPresent(Bool.self, forKey: Key(stringValue: "best"))
    values = [:]
    for quantity in TrainingHistory.Quantity.allCases {
      values[quantity] = try members.decodeIfPresent(Double.self, forKey: Key(stringValue: quantity.rawValue))
    }
  }

  func encode(to encoder: any Encoder) throws {
    var members = encoder.container(keyedBy: Key.self)
    try members.encode(epoch, forKey: Key(stringValue: "epoch"))
    try members.encode(step, forKey: Key(stringValue: "step"))
    try members.encodeIfPresent(best, forKey: Key(stringValue: "best"))
    for (quantity, value) in values { try members.encode(value, forKey: Key(stringValue: quantity.rawValue)) }
  }
}

extension TrainingHistory {
  /// Name of the member in an artifact of a training.
  static let member = "metrics.jsonl"

  /// Reads and checks `metrics.jsonl`: a JSON object a line, empty lines skipped, epochs in growing order. No line at all is an empty
  /// history, not an error.
  /// - Parameter kind: the kind of stage that made it, for the advice.
  /// - Throws: `FileError` of kind `.damaged` that names the line, the key and what was found.
  static func read(_ bytes: [UInt8], from artifact: FilePath, madeBy kind: String) throws(FileError) -> TrainingHistory {
    var reading = MemberReading(artifact: artifact, member: member, madeBy: kind)
    var epochs: [Epoch] = []
    for (number, line) in bytes.split(separator: 0x0a, omittingEmptySubsequences: false).enumerated() {
      if line.allSatisfy({ $0 == 0x20 || $0 == 0x0d }) { continue }
      reading.line = number + 1
      let epoch: Epoch = try reading.decode(Array(line))
      if let last = epochs.last {
        try reading.check(epoch.epoch > last.epoch, at: "epoch", expected: "more than \(last.epoch)", found: "\(epoch.epoch)")
      }
      epochs.append(epoch)
    }
    return TrainingHistory(epochs: epochs)
  }
}
