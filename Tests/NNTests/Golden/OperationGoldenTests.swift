import NN
import TestSupport
import Testing

/// Activations, pooling, sums, norms and losses against PyTorch in float64.
@Suite struct OperationGoldenTests {
  /// An operation without parameters, and the group that holds its results.
  struct Example: CustomTestStringConvertible, Sendable {
    let group: String
    let operation: @Sendable (Variable, inout Tape) -> Variable
    var testDescription: String { group }
  }

  private let backend = CPUBackend(threads: 2)

  @Test(arguments: [
    Example(group: "relu") { $1.relu($0) },
    Example(group: "leaky_relu") { $1.leakyReLU($0, negativeSlope: 0.2) },
    Example(group: "tanh") { $1.tanh($0) },
    Example(group: "avg_pool2") { $1.averagePool($0, 2) },
    Example(group: "avg_pool4") { $1.averagePool($0, 4) },
    Example(group: "max_pool2") { $1.maximumPool($0) },
    Example(group: "upsample2") { $1.upsample($0) },
    Example(group: "sum_pool") { $1.sumPool($0) },
  ])
  func operationsMatchPyTorch(_ example: Example) throws {
    let fixture = try Fixture(example.group)
    let run = LayerRun(
      backend, backend.tensor(try fixture.image("x")), dy: backend.tensor(try fixture.image("dy")), example.operation)
    expectAgreement(run.y, try fixture.image("y"), "y")
    expectAgreement(try #require(run.dx), try fixture.image("dx"), "dx")
  }

  @Test func aResidualSumMatchesPyTorch() throws {
    let fixture = try Fixture("residual_add")
    var tape = Tape(on: backend)
    let a = tape.trace(backend.tensor(try fixture.image("input")))
    let b = tape.trace(backend.tensor(try fixture.image("other")))
    let y = tape.add(a, b)
    let gradients = tape.gradients(of: y, weightedBy: backend.tensor(try fixture.image("dy")))
    expectAgreement(y.value, try fixture.image("y"), "y")
    expectAgreement(try #require(gradients[a]), try fixture.image("dinput"), "dinput")
    expectAgreement(try #require(gradients[b]), try fixture.image("dother"), "dother")
  }

  @Test func lengthsOfImagesMatchPyTorch() throws {
    let fixture = try Fixture("l2_norm_per_image")
    let lengths = backend.rowNorms(backend.tensor(try fixture.image("x"))).map(Float.init)
    let expected = try fixture.plain("y")
    for (n, length) in lengths.enumerated() {
      expectAgreement(StateTensor(shape: [], values: [length]), expected.row(n), "image \(n)")
    }
  }

  @Test(arguments: [("bce_ones", true), ("bce_zeros", false)])
  func binaryCrossEntropyMatchesPyTorch(_ group: String, _ isOne: Bool) throws {
    let fixture = try Fixture(group)
    let run = LayerRun(backend, backend.tensor(try fixture.plain("x"))) { $1.meanBinaryCrossEntropy($0, isOne: isOne) }
    expectAgreement(run.y, try fixture.plain("y"), "y")
    expectAgreement(try #require(run.dx), try fixture.plain("dx"), "dx")
  }

  @Test func crossEntropyMatchesPyTorch() throws {
    let fixture = try Fixture("cross_entropy")
    let labels = try fixture.labels("labels")
    let run = LayerRun(backend, backend.tensor(try fixture.plain("x"))) { $1.meanCrossEntropy($0, labels) }
    expectAgreement(run.y, try fixture.plain("y"), "y")
    expectAgreement(try #require(run.dx), try fixture.plain("dx"), "dx")
  }

  /// Row by row, where a small loss would hide behind the batch's mean.
  @Test func crossEntropyMatchesPyTorchRowByRow() throws {
    let fixture = try Fixture("cross_entropy")
    let (labels, x, each) = (try fixture.labels("labels"), try fixture.plain("x"), try fixture.plain("each"))
    for (n, label) in labels.enumerated() {
      let row = StateTensor(shape: [1, x.shape[1]], values: x.row(n).values)
      let run = LayerRun(backend, backend.tensor(row)) { $1.meanCrossEntropy($0, [label]) }
      expectAgreement(run.y, each.row(n), "row \(n)")
    }
  }
}
