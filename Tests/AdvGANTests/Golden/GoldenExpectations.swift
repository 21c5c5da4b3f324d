import NN
import TestSupport
import Testing

/// Expects the gradient of every parameter. A gradient that vanishes but for rounding is held against the gradient of its layer's
/// weight: PyTorch in Float32 leaves up to 4e-7 of that one's largest number.
func expectGradients(
  _ found: [String: StateTensor], _ given: Fixture, within tolerance: Tolerance = .network,
  sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let expected = try given.sibling("training_gradients").all()
  let vanishing = Set(try given.settings([String].self, "vanishing_gradients"))
  #expect(Set(found.keys) == Set(expected.keys), sourceLocation: sourceLocation)
  for (name, gradient) in expected {
    let own = try #require(found[name], sourceLocation: sourceLocation)
    if vanishing.contains(name) {
      let weight = try #require(expected[name.replacing("bias", with: "weight")], sourceLocation: sourceLocation)
      let scale = Double(weight.peak)
      expectAgreement(
        own, gradient, "gradient of \(name)", within: Tolerance(length: 0, peak: 0, absolute: 1e-5 * scale),
        sourceLocation: sourceLocation)
    } else {
      expectAgreement(own, gradient, "gradient of \(name)", within: tolerance, sourceLocation: sourceLocation)
    }
  }
}

/// Expects images, or what a file of large ones holds of them: every fifth pixel in both directions.
func expectImages(_ found: Tensor, _ name: String, _ given: Fixture, sourceLocation: SourceLocation = #_sourceLocation) throws {
  let thinned = !given.has(name)
  let expected = try given.image(thinned ? name + "_thinned" : name)
  let whole = StateTensor(found)
  expectAgreement(thinned ? whole.thinned(5) : whole, expected, name, within: .network, sourceLocation: sourceLocation)
}

/// Expects every running statistic after a pass is absorbed.
func expectRunningStatistics(
  _ parameters: Parameters, _ statistics: [RunningStatistic], _ given: Fixture, sourceLocation: SourceLocation = #_sourceLocation
) throws {
  let expected = try given.sibling("training_after").all()
  var after = parameters
  after.absorb(statistics)
  let found = after.stateDictionary
  let kept = parameters.specifications.filter { $0.kind == .statistic }.map(\.name)
  #expect(Set(expected.keys) == Set(kept), sourceLocation: sourceLocation)
  for (name, statistic) in expected {
    let own = try #require(found[name], sourceLocation: sourceLocation)
    expectAgreement(own, statistic, "\(name) after the pass", within: .network, sourceLocation: sourceLocation)
  }
}

/// Expects that nothing was moved but what is near its kink here too, and that nothing was set to zero but noise.
func expectNearKinksAlone(_ backend: any Backend, sourceLocation: SourceLocation = #_sourceLocation) {
  guard let sided = backend as? SidedBackend else { return }
  #expect(sided.isAtTheEnd, sourceLocation: sourceLocation)
  #expect(sided.farthest <= 1e-4, sourceLocation: sourceLocation)
  #expect(sided.noise <= 1e-5, sourceLocation: sourceLocation)
}
