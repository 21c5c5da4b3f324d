import Testing

@testable import NN

/// Uniform and normal tensors: batchStatistics, tails, ends; bounds in standard errors of 200,000 draws, with fixed seeds.
@Suite struct DistributionTests {
  private let backend = CPUBackend(threads: 2)
  private let count = 200_000
  private var standardError: Double { 1 / Double(count).squareRoot() }

  @Test func normalNumbersHaveTheirMoments() {
    let batchStatistics = powers(normal())
    #expect(abs(batchStatistics[1]) < 4 * standardError)
    #expect(abs(batchStatistics[2] - 1) < 4 * 2.0.squareRoot() * standardError)
    #expect(abs(batchStatistics[3]) < 4 * 15.0.squareRoot() * standardError)
    #expect(abs(batchStatistics[4] - 3) < 4 * 96.0.squareRoot() * standardError)
  }

  @Test func normalNumbersHaveTheirTails() {
    let numbers = normal()
    for (limit, share) in [(1, 0.317311), (2, 0.0455003), (3, 0.0026998), (4, 6.334e-5)] as [(Float, Double)] {
      let found = Double(numbers.reduce(0) { $0 + (abs($1) > limit ? 1 : 0) })
      let expected = share * Double(count)
      #expect(abs(found - expected) < 4 * expected.squareRoot(), "beyond \(limit): \(found), expected \(expected)")
    }
    #expect(numbers.allSatisfy { abs($0) < 5.8 })
  }

  /// The four numbers of a block come from two pairs; a swapped sine would tie them.
  @Test(arguments: 1...4) func normalNumbersDoNotDependOnTheirNeighbours(_ distance: Int) {
    let numbers = normal()
    let pairs = zip(numbers, numbers.dropFirst(distance))
    #expect(abs(pairs.reduce(0.0) { $0 + Double($1.0 * $1.1) }) * standardError < 4)
    let squares = pairs.reduce(0.0) { $0 + Double(($1.0 * $1.0 - 1) * ($1.1 * $1.1 - 1)) }
    #expect(abs(squares) * standardError < 4 * 2)
  }

  @Test func uniformNumbersFillTheirRangeEvenly() {
    let numbers = uniform(low: -1, high: 3)
    var counts = [Int](repeating: 0, count: 64)
    for number in numbers { counts[Int((number + 1) * 16)] += 1 }
    #expect(abs(chiSquareDeviations(counts)) < 5)
    let batchStatistics = powers(numbers.map { ($0 - 1) / 2 })
    #expect(abs(batchStatistics[1]) < 4 * standardError)
    #expect(abs(batchStatistics[2] - 1 / 3) < 4 * standardError)
  }

  /// Also where rounding could reach the upper end: few numbers lie between 100 and 100.001.
  @Test(arguments: [(-1, 1), (0, 1), (-0.031, 0.031), (100, 100.001), (-100.001, -100), (1e-30, 3e-30)] as [(Float, Float)])
  func uniformNumbersReachTheLowerEndAndNeverTheUpper(_ low: Float, _ high: Float) {
    #expect(uniform(low: low, high: high).allSatisfy { low <= $0 && $0 < high })
  }

  @Test func anEmptyRangeHasOneNumber() {
    #expect(uniform(low: 0, high: 0).allSatisfy { $0 == 0 })
    #expect(uniform(low: 0.3, high: 0.3).allSatisfy { $0 == 0.3 })
  }

  /// Chunks of a tensor start in the middle of a stream.
  @Test func aLongDrawBeginsLikeAShortOne() {
    var (long, short) = (RandomStream(seed: 1), RandomStream(seed: 1))
    let all = [backend.normal([40_000], &long).values, backend.uniform([40_000], low: 0, high: 1, &long).values]
    let part = backend.normal([20_003], &short).values
    #expect(Array(all[0].prefix(20_003)) == part)
    for numbers in all { #expect(Set(numbers).count > 39_000, "chunks repeat each other") }
  }

  private func normal() -> [Float] { backend.normal([count], seed: 21).values }

  private func uniform(low: Float, high: Float) -> [Float] {
    var stream = RandomStream(seed: 22)
    return backend.uniform([count], low: low, high: high, &stream).values
  }

  /// Means of x^0 ... x^4.
  private func powers(_ numbers: [Float]) -> [Double] {
    var sums = [0.0, 0, 0, 0, 0]
    for number in numbers {
      var power = 1.0
      for k in 0...4 {
        sums[k] += power
        power *= Double(number)
      }
    }
    return sums.map { $0 / Double(numbers.count) }
  }
}
