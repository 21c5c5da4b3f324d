import Testing

@testable import NN

/// What parameters start as, by formula and by distribution.
@Suite struct InitialiserTests {
  private let backend = CPUBackend(threads: 2)

  /// 64 x 32 filters of 3 x 3: fan in 288, fan out 576.
  @Test(arguments: [1, 1.4142135] as [Float]) func xavierIsUniformWithinItsBound(_ gain: Float) {
    expectUniform(.xavierUniform(gain: gain), [64, 32, 3, 3], bound: Double(gain) * (6.0 / 864).squareRoot())
  }

  /// A linear layer has no taps: fan in 100, fan out 150.
  @Test func xavierOfALinearLayerIsUniformWithinItsBound() {
    expectUniform(.xavierUniform(gain: 1), [150, 100], bound: (6.0 / 250).squareRoot())
  }

  @Test func pyTorchsDefaultIsUniformWithinItsBound() {
    expectUniform(.inverseRootFan(288), [64, 32, 3, 3], bound: 1 / 288.0.squareRoot())
    expectUniform(.inverseRootFan(16), [5000], bound: 0.25)
  }

  /// The fan out of 64 filters of 3 x 3 is 576.
  @Test func kaimingIsNormalWithItsDeviation() {
    let values = draw(.kaimingNormalFanOut, [64, 32, 3, 3])
    let deviation = (2.0 / 576).squareRoot()
    #expect(abs(root(values) / deviation - 1) < 4 / (2 * Double(values.count)).squareRoot())
    #expect(values.contains { abs(Double($0)) > 3 * deviation }, "normal numbers have tails")
  }

  @Test func constantsAreConstant() { #expect(draw(.constant(0.5), [2, 3]) == [0.5, 0.5, 0.5, 0.5, 0.5, 0.5]) }

  @Test func layersNameTheirParametersAndStartThemAsPyTorchDoes() {
    let scope = Scope()
    _ = Convolution(scope / "c1", 3, 8, kernel: 3, bias: true, .xavierUniform(gain: 1))
    _ = BatchNorm(scope / "b1", 8)
    _ = ConditionalBatchNorm(scope / "b2", 8, classes: 5)
    _ = Linear(scope / "l", 8, 2, .kaimingNormalFanOut)
    let expected: [(String, [Int], Initialiser, ParameterSpecification.Kind)] = [
      ("c1.weight", [8, 3, 3, 3], .xavierUniform(gain: 1), .weight), ("c1.bias", [8], .inverseRootFan(27), .weight),
      ("b1.weight", [8], .constant(1), .weight), ("b1.bias", [8], .constant(0), .weight),
      ("b1.running_mean", [8], .constant(0), .statistic), ("b1.running_var", [8], .constant(1), .statistic),
      ("b2.avg_mean", [8], .constant(0), .statistic), ("b2.avg_var", [8], .constant(1), .statistic),
      ("b2.gammas.weight", [5, 8], .constant(1), .weight), ("b2.betas.weight", [5, 8], .constant(0), .weight),
      ("l.weight", [2, 8], .kaimingNormalFanOut, .weight), ("l.bias", [2], .inverseRootFan(8), .weight),
    ]
    let found = scope.specifications
    #expect(found.map(\.name) == expected.map(\.0))
    #expect(found.map(\.fileShape) == expected.map(\.1))
    #expect(found.map(\.initialiser) == expected.map(\.2))
    #expect(found.map(\.kind) == expected.map(\.3))
  }

  @Test func aParameterStartsAlikeWhateverElseThereIs() {
    let (alone, among) = (Scope(), Scope())
    _ = Linear(alone / "b", 5, 4, .inverseRootFan(5))
    _ = Linear(among / "a", 3, 2, .inverseRootFan(3))
    _ = Linear(among / "b", 5, 4, .inverseRootFan(5))
    let first = Parameters(alone.specifications, from: RandomStream(seed: 1), on: backend).stateDictionary
    let second = Parameters(among.specifications, from: RandomStream(seed: 1), on: backend).stateDictionary
    #expect(first["b.weight"] == second["b.weight"])
    #expect(first["b.bias"] == second["b.bias"])
    #expect(second["a.weight"]?.values.first != second["b.weight"]?.values.first)
  }

  @Test func statisticsAreNotLearned() {
    let scope = Scope()
    _ = BatchNorm(scope / "b", 7)
    _ = Linear(scope / "l", 3, 2, .constant(0))
    let parameters = Parameters(scope.specifications, from: RandomStream(seed: 1), on: backend)
    #expect(parameters.learned == [0, 1, 4, 5])
  }

  private func expectUniform(
    _ initialiser: Initialiser, _ shape: [Int], bound: Double, sourceLocation: SourceLocation = #_sourceLocation
  ) {
    let values = draw(initialiser, shape)
    let largest = values.map { abs(Double($0)) }.max() ?? .nan
    #expect(largest <= bound * 1.000001 && largest > bound * 0.998, "largest \(largest), bound \(bound)", sourceLocation: sourceLocation)
    let deviation = bound / 3.0.squareRoot()
    #expect(abs(root(values) / deviation - 1) < 4 * 0.45 / Double(values.count).squareRoot(), sourceLocation: sourceLocation)
    let mean = values.reduce(0.0) { $0 + Double($1) } / Double(values.count)
    #expect(abs(mean) < 4 * deviation / Double(values.count).squareRoot(), sourceLocation: sourceLocation)
  }

  private func draw(_ initialiser: Initialiser, _ shape: [Int]) -> [Float] {
    var stream = RandomStream(seed: 31)
    return initialiser.draw(shape, &stream, on: backend).values
  }

  private func root(_ values: [Float]) -> Double {
    (values.reduce(0.0) { $0 + Double($1) * Double($1) } / Double(values.count)).squareRoot()
  }
}
