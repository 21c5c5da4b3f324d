import NN
import TestSupport
import Testing

/// Convolutions and linear layers against PyTorch in float64, through the layers and their state dictionaries.
@Suite struct ProductGoldenTests {
  private struct Settings: Decodable { let stride: Int }

  private let backend = CPUBackend(threads: 2)

  @Test(arguments: [
    "conv3x3_odd", "conv3x3_bias", "conv3x3_rgb", "conv3x3_rgb_bias", "conv3x3_to_rgb_bias", "conv3x3_4x4", "conv3x3_2x2",
    "conv3x3_1x1_image", "conv3x3_wide", "conv3x3_64", "conv3x3_stride2", "conv3x3_stride2_odd", "conv1x1", "conv1x1_bias",
    "conv1x1_stride2", "conv1x1_stride2_odd",
  ])
  func convolutionsMatchPyTorch(_ group: String) throws {
    let fixture = try Fixture(group)
    let w = try fixture.plain("w")
    let scope = Scope()
    let layer = Convolution(
      scope, w.shape[1], w.shape[0], kernel: w.shape[2], stride: try fixture.settings(Settings.self).stride, bias: fixture.has("b"),
      .constant(0))
    var numbers = ["weight": w]
    if fixture.has("b") { numbers["bias"] = try fixture.plain("b") }
    let run = LayerRun(
      try Parameters(scope, holding: numbers, on: backend), backend.tensor(try fixture.image("x")),
      dy: backend.tensor(try fixture.image("dy"))
    ) { Sequential([.convolution(layer)])($0, $1, &$2) }
    expectAgreement(run.y, try fixture.image("y"), "y")
    expectAgreement(try #require(run.dx), try fixture.image("dx"), "dx")
    expectAgreement(try #require(run.gradients["weight"]), try fixture.plain("dw"), "dw")
    if fixture.has("b") { expectAgreement(try #require(run.gradients["bias"]), try fixture.plain("db"), "db") }
  }

  @Test(arguments: ["linear", "linear_to_one"])
  func linearLayersMatchPyTorch(_ group: String) throws {
    let fixture = try Fixture(group)
    let run = try linear(fixture, image: nil)
    expectAgreement(run.y, try fixture.plain("y"), "y")
    try expectGradients(run, fixture)
  }

  @Test func aLinearLayerThatMakesAnImageMatchesPyTorch() throws {
    let fixture = try Fixture("linear_to_4x4")
    let run = try linear(fixture, image: 4)
    expectAgreement(run.y, try fixture.image("y"), "y")
    try expectGradients(run, fixture)
  }

  private func linear(_ fixture: Fixture, image: Int?) throws -> LayerRun {
    let w = try fixture.plain("w")
    let scope = Scope()
    let layer = Linear(scope, w.shape[1], w.shape[0], image: image, .constant(0))
    let parameters = try Parameters(scope, holding: ["weight": w, "bias": try fixture.plain("b")], on: backend)
    return LayerRun(parameters, backend.tensor(try fixture.plain("x")), dy: backend.tensor(try fixture.image("dy"))) { x, pass, tape in
      let y = layer(x, pass, &tape)
      guard let side = image else { return y }
      return tape.reshape(y, [x.shape[0], side, side, w.shape[0] / (side * side)])
    }
  }

  private func expectGradients(_ run: LayerRun, _ fixture: Fixture) throws {
    expectAgreement(try #require(run.dx), try fixture.plain("dx"), "dx")
    expectAgreement(try #require(run.gradients["weight"]), try fixture.plain("dw"), "dw")
    expectAgreement(try #require(run.gradients["bias"]), try fixture.plain("db"), "db")
  }
}
