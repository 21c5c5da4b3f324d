import Jobs

/// The lines of `metrics.jsonl`, one JSON object an epoch.
struct MetricsLog: Equatable, Codable {
  private(set) var lines: [String] = []

  /// Adds a line.
  mutating func add(_ values: [String: JSON]) { lines.append(JSON.object(values).canonical) }

  /// The file's bytes.
  var encoded: [UInt8] { Array(lines.map { $0 + "\n" }.joined().utf8) }
}

extension [String: Double] {
  /// As JSON, rounded to six significant digits; numbers that are not finite are skipped.
  var rounded: [String: JSON] {
    compactMapValues { value in
      guard value.isFinite else { return nil }
      guard value != 0 else { return .integer(0) }
      var scale = 1.0
      var size = value.magnitude
      while size < 100_000 { (size, scale) = (size * 10, scale * 10) }
      while size >= 1_000_000 { (size, scale) = (size / 10, scale / 10) }
      return .real((value * scale).rounded() / scale)
    }
  }
}

/// Sums of named quantities on the way to their means. A part of a checkpoint: numbers survive exactly.
struct Tally: Codable, Equatable {
  private var sums: [String: Double] = [:]
  private var weights: [String: Double] = [:]

  /// Takes in a mean over `weight` things.
  mutating func add(_ name: String, _ mean: Double, weight: Double = 1) {
    sums[name, default: 0] += mean * weight
    weights[name, default: 0] += weight
  }

  /// The share of true among the flags.
  mutating func add(_ name: String, _ flags: [Bool]) {
    guard !flags.isEmpty else { return }
    add(name, Double(flags.count(where: \.self)) / Double(flags.count), weight: Double(flags.count))
  }

  var means: [String: Double] { sums.reduce(into: [:]) { $0[$1.key] = $1.value / (weights[$1.key] ?? 1) } }
}
