import NN
import TestSupport
import Testing

/// How far a player's numbers moved in training, to be held against PyTorch.
///
/// With beta1 = 0 Adam's first step is rate * sign(g), and the later ones are nearly so: where |g| is tiny against its neighbours, a
/// gradient's last bits become a visible part of the learning rate. So the changes are compared, not the weights, which would hide
/// them: all together within 2e-4 relative L2 (measured: 4.9e-5; PyTorch in Float32 5.9e-5), and each within 0.05 learning rates
/// (measured: 0.018).
struct Moves {
  private let before: [String: StateTensor], after: [String: StateTensor]
  private let rate: Double

  init(of player: String, from before: [String: StateTensor], to after: [String: StateTensor], rate: Float) {
    (self.before, self.after, self.rate) = (before, after, Double(rate))
  }

  func expect(_ expected: [String: StateTensor], _ what: String) throws {
    #expect(Set(after.keys) == Set(expected.keys), "\(what)")
    for (name, aim) in expected {
      let to = try #require(after[name])
      guard !isStatistic(name) else {
        expectAgreement(to, aim, "\(name) of \(what)", within: .network)
        continue
      }
      expectAgreement(
        to, aim, "\(name) of \(what)", within: Tolerance(length: .infinity, peak: 0, absolute: 0.05 * rate))
    }
    #expect(try deviation(from: expected) <= 2e-4, "relative deviation of all changes of the \(what)")
  }

  /// Relative L2 deviation of all changes together.
  func deviation(from expected: [String: StateTensor]) throws -> Double {
    var (differences, squares) = (0.0, 0.0)
    for (name, aim) in expected where !isStatistic(name) {
      let (from, to) = (try #require(before[name]), try #require(after[name]))
      let deviation = to.deviation(from: aim, since: from)
      differences += deviation.difference
      squares += deviation.change
    }
    return (differences / squares).squareRoot()
  }

  private func isStatistic(_ name: String) -> Bool {
    [".running_mean", ".running_var", ".avg_mean", ".avg_var"].contains { name.hasSuffix($0) }
  }
}
