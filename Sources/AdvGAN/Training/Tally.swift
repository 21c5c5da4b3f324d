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
