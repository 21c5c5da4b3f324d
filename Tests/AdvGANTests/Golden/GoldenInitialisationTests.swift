import AdvGAN
import NN
import TestSupport
import Testing

/// Fresh networks start from the published laws, which the fixtures state as numbers.
@Suite struct GoldenInitialisationTests {
  private struct Law: Decodable { let distribution: String, bound: Double?, std: Double?, value: Double? }

  private let backend = CPUBackend(threads: 2)
  /// Many draws of the same tensors, so that small ones have something to say.
  private static let seeds = UInt64(0)..<16

  @Test(arguments: GoldenNetwork.generators + GoldenNetwork.discriminators)
  func freshWeightsFollowTheirLaws(_ golden: GoldenNetwork) throws {
    let laws = try golden.fixture("").settings([String: Law].self, "init_statistics")
    let specifications = try golden.specifications()
    let draws = Self.seeds.map { Parameters(specifications, from: RandomStream(seed: $0), on: backend) }
    #expect(Set(specifications.filter { $0.kind == .weight }.map(\.name)) == Set(laws.keys))
    for (index, specification) in specifications.enumerated() where specification.kind == .weight {
      let distribution = try #require(laws[specification.name])
      expect(draws.flatMap { $0.values[index].values.map(Double.init) }, follow: distribution, specification.name)
    }
  }

  @Test(arguments: GoldenNetwork.generators + GoldenNetwork.discriminators)
  func runningStatisticsStartAtMeanZeroAndVarianceOne(_ golden: GoldenNetwork) throws {
    let fresh = Parameters(try golden.specifications(), from: RandomStream(seed: 7), on: backend)
    for (specification, value) in zip(fresh.specifications, fresh.values) where specification.kind == .statistic {
      let start: Float = specification.name.hasSuffix("var") ? 1 : 0
      #expect(value.values.allSatisfy { $0 == start }, "\(specification.name)")
    }
  }

  @Test func equalSeedsGiveEqualNetworksAndOthersOthers() throws {
    let specifications = try GoldenNetwork.discriminators[2].specifications()
    let (a, again, b) = (draw(specifications, 1), draw(specifications, 1), draw(specifications, 2))
    #expect(a.stateDictionary == again.stateDictionary)
    for name in a.stateDictionary.keys { #expect(a.stateDictionary[name] != b.stateDictionary[name], "\(name)") }
  }

  /// Two tensors of one shape and distribution have streams of their own.
  @Test func tensorsOfOneShapeDiffer() throws {
    let state = draw(try GoldenNetwork.discriminators[0].specifications(), 3).stateDictionary
    #expect(state["block3.c1.weight"]?.shape == state["block4.c1.weight"]?.shape)
    #expect(state["block3.c1.weight"] != state["block4.c1.weight"])
    #expect(state["block3.c1.weight"] != state["block3.c2.weight"])
  }

  private func draw(_ specifications: [ParameterSpecification], _ seed: UInt64) -> Parameters {
    Parameters(specifications, from: RandomStream(seed: seed), on: backend)
  }

  /// Mean and variance within five standard errors; uniform numbers within their bound and coming near it.
  private func expect(_ numbers: [Double], follow distribution: Law, _ name: String) {
    let count = Double(numbers.count)
    let mean = numbers.reduce(0, +) / count
    let square = numbers.reduce(0) { $0 + $1 * $1 } / count
    switch (distribution.distribution, distribution.bound ?? distribution.std ?? distribution.value) {
    case ("constant", let value?):
      #expect(numbers.allSatisfy { $0 == value }, "\(name)")
    case ("uniform", let bound?):
      let furthest = numbers.reduce(0) { max($0, abs($1)) }
      #expect(furthest <= bound * (1 + 1e-6) && furthest >= bound * (1 - 12 / count), "\(name): \(furthest), bound \(bound)")
      #expect(abs(mean) <= 5 * bound / (3 * count).squareRoot(), "\(name): mean \(mean), bound \(bound)")
      #expect(abs(square / (bound * bound / 3) - 1) <= 5 * (0.8 / count).squareRoot(), "\(name): mean square \(square), bound \(bound)")
    case ("normal", let deviation?):
      #expect(abs(mean) <= 5 * deviation / count.squareRoot(), "\(name): mean \(mean), deviation \(deviation)")
      #expect(
        abs(square / (deviation * deviation) - 1) <= 5 * (2 / count).squareRoot(), "\(name): mean square \(square), \(deviation)")
    default: Issue.record("\(name): distribution '\(distribution.distribution)' is unknown")
    }
  }
}
