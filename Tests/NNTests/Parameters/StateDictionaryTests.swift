import TestSupport
import Testing

@testable import NN

/// State dictionaries in PyTorch's names, shapes and orders, and what is said of those that do not fit.
@Suite struct StateDictionaryTests {
  private let backend = CPUBackend(threads: 1)

  /// c.weight (2, 2, 3, 3), l.weight (8, 2), l.bias (8) making images (2, 2, 2), b.* (2).
  private func fresh(seed: UInt64 = 1) -> Parameters {
    let scope = Scope()
    _ = Convolution(scope / "c", 2, 2, kernel: 3, bias: false, .xavierUniform(gain: 1))
    _ = Linear(scope / "l", 2, 8, image: 2, .xavierUniform(gain: 1))
    _ = BatchNorm(scope / "b", 2)
    return Parameters(scope.specifications, from: RandomStream(seed: seed), on: backend)
  }

  @Test func comesBackFromAStateDictionaryBitByBit() throws {
    let original = fresh(seed: 1)
    var copy = fresh(seed: 2)
    #expect(copy.stateDictionary != original.stateDictionary)
    try copy.load(original.stateDictionary)
    #expect(copy.stateDictionary == original.stateDictionary)
    #expect(copy.values.map(\.values) == original.values.map(\.values))
  }

  @Test func aFiltersOutputChannelsLieTogetherInMemory() throws {
    var parameters = fresh()
    var state = parameters.stateDictionary
    state["c.weight"] = StateTensor(shape: [2, 2, 3, 3], values: (0..<36).map(Float.init))
    try parameters.load(state)
    #expect(parameters.values[0].shape == [3, 3, 2, 2])
    #expect(Array(parameters.values[0].values.prefix(8)) == [0, 18, 9, 27, 1, 19, 10, 28])
    #expect(parameters.stateDictionary["c.weight"] == state["c.weight"])
  }

  @Test func anImagesChannelsLieTogetherInMemory() throws {
    var parameters = fresh()
    var state = parameters.stateDictionary
    state["l.weight"] = StateTensor(shape: [8, 2], values: (0..<16).map(Float.init))
    state["l.bias"] = StateTensor(shape: [8], values: (0..<8).map(Float.init))
    try parameters.load(state)
    #expect(parameters.values[1].values == [0, 1, 8, 9, 2, 3, 10, 11, 4, 5, 12, 13, 6, 7, 14, 15])
    #expect(parameters.values[2].values == [0, 4, 1, 5, 2, 6, 3, 7])
  }

  @Test func namesAreThoseOfPyTorch() {
    #expect(
      fresh().stateDictionary.keys.sorted() == ["b.bias", "b.running_mean", "b.running_var", "b.weight", "c.weight", "l.bias", "l.weight"])
  }

  /// Of DataParallel, torch.compile, and classes that hold the network.
  @Test(arguments: ["", "module.", "_orig_mod.", "module._orig_mod.", "model.", "module.attacker.model."])
  func theNamesOfWrappersAreIgnored(_ prefix: String) throws {
    let original = fresh(seed: 1)
    var copy = fresh(seed: 2)
    let wrapped = Dictionary(uniqueKeysWithValues: original.stateDictionary.map { (prefix + $0, $1) })
    try copy.load(wrapped)
    #expect(copy.stateDictionary == original.stateDictionary)
    #expect(throws: StateMismatch.missing("l.bias")) { try copy.load(wrapped.filter { $0.key != prefix + "l.bias" }) }
    let twice = wrapped.merging(original.stateDictionary.map { ("other." + $0, $1) }) { $1 }
    #expect(throws: StateMismatch.several([prefix, "other."].sorted())) { try copy.load(twice) }
  }

  @Test func countersAndConstantsOfPyTorchAreIgnored() throws {
    var parameters = fresh()
    var state = parameters.stateDictionary
    for name in ["b.num_batches_tracked", "gamma_", "module.b.beta_"] { state[name] = StateTensor(shape: [], values: [.nan]) }
    try parameters.load(state)
    #expect(parameters.stateDictionary.count == 7)
  }

  @Test func saysWhichTensorIsMissing() { expectRefusal("tensor 'l.bias' is missing") { $0["l.bias"] = nil } }

  @Test func saysWhichTensorHasAnotherShape() {
    expectRefusal("tensor 'c.weight': expected shape [2, 2, 3, 3], found [3, 3, 2, 2]") {
      $0["c.weight"] = StateTensor(shape: [3, 3, 2, 2], values: [Float](repeating: 0, count: 36))
    }
  }

  @Test func saysWhichTensorsTheNetworkDoesNotHave() {
    expectRefusal("the network has no tensor named 'module.b.extra', 'x'") {
      $0["x"] = StateTensor(shape: [], values: [0])
      $0["module.b.extra"] = StateTensor(shape: [], values: [0])
    }
  }

  @Test(arguments: [Float.nan, .infinity, -.infinity]) func saysWhichTensorIsNotFinite(_ number: Float) {
    expectRefusal("tensor 'b.running_var' holds a number that is not finite") {
      $0["b.running_var"] = StateTensor(shape: [2], values: [1, number])
    }
  }

  /// Which of the two were meant, nobody knows; a dictionary without order must not decide.
  @Test func refusesATensorGivenTwice() {
    expectRefusal("tensor 'b.bias' is there a second time, as 'module.b.bias'") { $0["module.b.bias"] = StateTensor(shape: [2], values: [1, 2]) }
  }

  /// Loads a dictionary that was spoilt and expects this error, and nothing changed.
  private func expectRefusal(
    _ message: String, sourceLocation: SourceLocation = #_sourceLocation, _ spoil: (inout [String: StateTensor]) -> Void
  ) {
    var parameters = fresh(seed: 1)
    let before = parameters.stateDictionary
    var other = fresh(seed: 2).stateDictionary
    spoil(&other)
    do {
      try parameters.load(other)
      Issue.record("was accepted", sourceLocation: sourceLocation)
    } catch {
      #expect(error.description == message, sourceLocation: sourceLocation)
    }
    #expect(parameters.stateDictionary == before, sourceLocation: sourceLocation)
  }
}
