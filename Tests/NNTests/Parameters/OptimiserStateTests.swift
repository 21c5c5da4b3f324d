import TestSupport
import Testing

@testable import NN

/// What optimisers remember goes to a file and back, and training goes on as if never stopped.
@Suite struct OptimiserStateTests {
  private let backend = CPUBackend(threads: 2)
  enum Rule: CaseIterable, Sendable {
    case adam, momentum

    var optimiser: any Optimiser {
      switch self {
      case .adam: Adam(beta1: 0.5, beta2: 0.9)
      case .momentum: SGD(decay: 5e-4)
      }
    }
  }

  private func network(_ rule: Rule) -> SmallNetwork { SmallNetwork(on: backend, optimiser: rule.optimiser) }

  @Test(arguments: Rule.allCases) func trainingGoesOnBitByBit(_ rule: Rule) throws {
    let half = network(rule).trained(steps: 3)
    let through = half.trained(steps: 3)
    var resumed = network(rule)
    try resumed.restore(half.parameters.stateDictionary, optimiser: half.optimiser.state(of: half.parameters), step: 3)
    resumed = resumed.trained(steps: 3)
    #expect(resumed.parameters.stateDictionary == through.parameters.stateDictionary)
    #expect(resumed.optimiser.state(of: resumed.parameters) == through.optimiser.state(of: through.parameters))
  }

  /// Without its memory the optimiser would go another way: the test above can fail.
  @Test(arguments: Rule.allCases) func trainingGoesAnotherWayWithoutItsMemory(_ rule: Rule) throws {
    let half = network(rule).trained(steps: 3)
    var resumed = network(rule)
    try resumed.restore(half.parameters.stateDictionary, optimiser: network(rule).optimiser.state(of: half.parameters), step: 3)
    #expect(resumed.trained(steps: 3).parameters.stateDictionary != half.trained(steps: 3).parameters.stateDictionary)
  }

  @Test func namesAndShapesAreThoseOfPyTorch() {
    let adam = network(.adam).trained(steps: 2)
    let state = adam.optimiser.state(of: adam.parameters)
    let learned = ["bn1.bias", "bn1.weight", "c1.bias", "c1.weight", "l.bias", "l.weight"]
    #expect(state.keys.sorted() == (learned.flatMap { [$0 + ".exp_avg", $0 + ".exp_avg_sq"] } + ["step"]).sorted())
    #expect(state["step"] == StateTensor(shape: [1], values: [2]))
    #expect(state["c1.weight.exp_avg_sq"]?.shape == [6, 3, 3, 3])
    let momentum = network(.momentum).trained(steps: 1)
    #expect(momentum.optimiser.state(of: momentum.parameters).keys.sorted() == learned.map { $0 + ".momentum_buffer" })
  }

  @Test(arguments: Rule.allCases) func aParameterWithoutGradientStays(_ rule: Rule) {
    var optimiser = rule.optimiser
    let scope = Scope()
    _ = Linear(scope, 2, 2, .inverseRootFan(2))
    var parameters = Parameters(scope.specifications, from: RandomStream(seed: 1), on: backend)
    let before = parameters.stateDictionary
    optimiser.step(&parameters, [nil, backend.tensor([1, 1], [2])], rate: 0.1)
    #expect(parameters.stateDictionary["weight"] == before["weight"])
    #expect(parameters.stateDictionary["bias"] != before["bias"])
    #expect(!optimiser.state(of: parameters).keys.contains { $0.hasPrefix("weight") })
  }

  @Test func saysWhatDoesNotFit() {
    expectRefusal(.adam, "tensor 'step' is missing") { $0["step"] = nil }
    expectRefusal(.adam, "tensor 'step' holds a number that is not finite") { $0["step"] = StateTensor(shape: [1], values: [.nan]) }
    expectRefusal(.adam, "tensor 'l.bias.exp_avg_sq' is missing") { $0["l.bias.exp_avg_sq"] = nil }
    expectRefusal(.adam, "tensor 'l.bias.exp_avg' is missing") { $0["l.bias.exp_avg"] = nil }
    expectRefusal(.adam, "tensor 'l.bias.exp_avg': expected shape [4], found [2, 2]") {
      $0["l.bias.exp_avg"] = StateTensor(shape: [2, 2], values: [0, 0, 0, 0])
    }
    expectRefusal(.adam, "tensor 'l.bias.exp_avg' holds a number that is not finite") {
      $0["l.bias.exp_avg"] = StateTensor(shape: [4], values: [0, .nan, 0, 0])
    }
    expectRefusal(.adam, "the network has no tensor named 'x.exp_avg'") { $0["x.exp_avg"] = StateTensor(shape: [], values: [0]) }
    expectRefusal(.momentum, "the network has no tensor named 'step'") { $0["step"] = StateTensor(shape: [1], values: [1]) }
    expectRefusal(.momentum, "tensor 'l.bias.momentum_buffer': expected shape [4], found [1]") {
      $0["l.bias.momentum_buffer"] = StateTensor(shape: [1], values: [0])
    }
  }

  /// Restores from a state that was spoilt and expects this error, and nothing forgotten.
  private func expectRefusal(_ rule: Rule, _ message: String, _ spoil: (inout [String: StateTensor]) -> Void) {
    let trained = network(rule).trained(steps: 2)
    let before = trained.optimiser.state(of: trained.parameters)
    var (optimiser, state) = (trained.optimiser, before)
    spoil(&state)
    do {
      try optimiser.restore(state, for: trained.parameters)
      Issue.record("was accepted: \(message)")
    } catch {
      #expect(error.description == message)
    }
    #expect(optimiser.state(of: trained.parameters) == before, "\(message)")
  }
}
