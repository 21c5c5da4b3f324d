import TestSupport
import Testing

@testable import NN

/// Five steps of every optimiser against PyTorch in float64, with gradients over ten orders of magnitude.
@Suite struct OptimiserGoldenTests {
  private struct AdamSettings: Decodable {
    let rate: Float, betas: [Float], epsilon: Float, decay: Float?
    enum CodingKeys: String, CodingKey {
      case betas
      case rate = "lr"
      case epsilon = "eps"
      case decay = "weightDecay"
    }
  }
  private struct MomentumSettings: Decodable {
    let rate: Float, momentum: Float, decay: Float
    enum CodingKeys: String, CodingKey {
      case momentum
      case rate = "lr"
      case decay = "weightDecay"
    }
  }
  private struct AverageSettings: Decodable { let decay: Float }

  private let backend = CPUBackend(threads: 2)

  @Test(arguments: ["adam_cotrain", "adam_defaults", "adam_weight_decay"])
  func adamMatchesPyTorch(_ group: String) throws {
    let fixture = try Fixture(group)
    let settings = try fixture.settings(AdamSettings.self)
    var adam = Adam(beta1: settings.betas[0], beta2: settings.betas[1], epsilon: settings.epsilon, decay: settings.decay ?? 0)
    let parameters = try walk(&adam, fixture, rate: settings.rate)
    let state = adam.state(of: parameters)
    #expect(state["step"]?.values == [5])
    expectEach(try #require(state["p.exp_avg"]), try fixture.plain("m"), "first moment")
    expectEach(try #require(state["p.exp_avg_sq"]), try fixture.plain("v"), "second moment")
  }

  @Test func momentumMatchesPyTorch() throws {
    let fixture = try Fixture("sgd_momentum")
    let settings = try fixture.settings(MomentumSettings.self)
    var descent = SGD(momentum: settings.momentum, decay: settings.decay)
    let parameters = try walk(&descent, fixture, rate: settings.rate)
    expectEach(try #require(descent.state(of: parameters)["p.momentum_buffer"]), try fixture.plain("momentum"), "momentum")
  }

  @Test func movingAveragesMatchPyTorch() throws {
    let fixture = try Fixture("ema")
    let keep = try fixture.settings(AverageSettings.self).decay
    let (p, after) = (try fixture.plain("p"), try fixture.plain("average_after"))
    var average = try parameters(holding: try fixture.plain("average"))
    for step in 0..<5 {
      average.average(towards: try parameters(holding: p.row(step)), keep: keep)
      expectAgreement(average.values[0], after.row(step), "step \(step + 1)", within: Tolerance(length: 3e-7, peak: 3e-7))
    }
  }

  /// Five steps along the fixture's gradients, the distance gone compared after each.
  private func walk(_ optimiser: inout some Optimiser, _ fixture: Fixture, rate: Float) throws -> Parameters {
    let (start, g, after) = (try fixture.plain("p"), try fixture.plain("g"), try fixture.plain("p_after"))
    var parameters = try parameters(holding: start)
    for step in 0..<5 {
      optimiser.step(&parameters, [backend.tensor(g.row(step))], rate: rate)
      expectAgreement(parameters.values[0], after.row(step), "step \(step + 1)", within: Tolerance(length: 3e-7, peak: 3e-7))
    }
    return parameters
  }

  /// Number by number, for they differ by orders of magnitude. In Float32 1 - 0.999 is off by 1.3e-5 of itself.
  private func expectEach(_ actual: StateTensor, _ expected: StateTensor, _ what: String) {
    for i in expected.values.indices {
      expectAgreement(actual.row(i), expected.row(i), "\(what) \(i)", within: Tolerance(length: 3e-5, peak: 3e-5))
    }
  }

  private func parameters(holding p: StateTensor) throws -> Parameters {
    let scope = Scope()
    _ = scope.weight("p", p.shape, .plain, .constant(0))
    return try Parameters(scope, holding: ["p": p], on: backend)
  }
}
