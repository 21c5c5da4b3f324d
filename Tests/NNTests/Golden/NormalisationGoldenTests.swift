import NN
import TestSupport
import Testing

/// Batch norm, plain and class-conditional, against PyTorch in float64; channels with mean / deviation up to 170.
@Suite struct NormalisationGoldenTests {
  private struct Settings: Decodable { let eps: Float, momentum: Float, training: Bool }

  private let backend = CPUBackend(threads: 2)

  @Test(arguments: ["batch_norm_training", "batch_norm_training_many_pixels", "batch_norm_inference"])
  func batchNormMatchesPyTorch(_ group: String) throws {
    let fixture = try Fixture(group)
    let settings = try fixture.settings(Settings.self)
    let scope = Scope()
    let layer = BatchNorm(scope, try fixture.plain("gamma").shape[0], epsilon: settings.eps, momentum: settings.momentum)
    let parameters = try Parameters(
      scope,
      holding: [
        "weight": try fixture.plain("gamma"), "bias": try fixture.plain("beta"), "running_mean": try fixture.plain("running_mean"),
        "running_var": try fixture.plain("running_var"),
      ], on: backend)
    let run = LayerRun(
      parameters, backend.tensor(try fixture.image("x")), dy: backend.tensor(try fixture.image("dy")),
      phase: settings.training ? .training : .inference
    ) { Sequential([.batchNorm(layer)])($0, $1, &$2) }
    expectAgreement(try #require(run.gradients["weight"]), try fixture.plain("dgamma"), "dgamma")
    expectAgreement(try #require(run.gradients["bias"]), try fixture.plain("dbeta"), "dbeta")
    try expectTheRest(run, parameters, fixture, mean: "running_mean", variance: "running_var")
  }

  @Test(arguments: [
    "conditional_batch_norm_training", "conditional_batch_norm_training_many_pixels", "conditional_batch_norm_inference",
  ])
  func conditionalBatchNormMatchesPyTorch(_ group: String) throws {
    let fixture = try Fixture(group)
    let settings = try fixture.settings(Settings.self)
    let labels = try fixture.labels("labels")
    let gammas = try fixture.plain("gammas")
    let scope = Scope()
    let layer = ConditionalBatchNorm(
      scope, gammas.shape[1], classes: gammas.shape[0], epsilon: settings.eps, momentum: settings.momentum)
    let parameters = try Parameters(
      scope,
      holding: [
        "gammas.weight": gammas, "betas.weight": try fixture.plain("betas"), "avg_mean": try fixture.plain("running_mean"),
        "avg_var": try fixture.plain("running_var"),
      ], on: backend)
    let run = LayerRun(
      parameters, backend.tensor(try fixture.image("x")), dy: backend.tensor(try fixture.image("dy")),
      phase: settings.training ? .training : .inference
    ) { Sequential([.conditionalBatchNorm(layer)])($0, labels: labels, $1, &$2) }
    expectAgreement(try #require(run.gradients["gammas.weight"]), try fixture.plain("dgammas"), "dgammas")
    expectAgreement(try #require(run.gradients["betas.weight"]), try fixture.plain("dbetas"), "dbetas")
    try expectTheRest(run, parameters, fixture, mean: "avg_mean", variance: "avg_var")
  }

  /// Result, input gradient and running statistics after the pass is absorbed; in inference there is nothing to absorb.
  private func expectTheRest(_ run: LayerRun, _ parameters: Parameters, _ fixture: Fixture, mean: String, variance: String) throws {
    expectChannels(run.y, try fixture.image("y"), "y")
    expectChannels(try #require(run.dx), try fixture.image("dx"), "dx")
    var after = parameters
    after.absorb(run.statistics)
    expectAgreement(try #require(after.stateDictionary[mean]), try fixture.plain("new_running_mean"), "running mean")
    expectAgreement(try #require(after.stateDictionary[variance]), try fixture.plain("new_running_var"), "running variance")
  }

  /// Channel by channel, for they differ by orders of magnitude. The mean, rounded to Float32, shifts a channel with mean / deviation
  /// 170 by some 1e-5 of its deviation.
  private func expectChannels(_ actual: Tensor, _ expected: StateTensor, _ what: String) {
    let actual = StateTensor(actual)
    #expect(actual.shape == expected.shape)
    for c in 0..<expected.shape[3] {
      expectAgreement(actual.channel(c), expected.channel(c), "\(what), channel \(c)", within: Tolerance(length: 2e-5, peak: 2e-5))
    }
  }
}
