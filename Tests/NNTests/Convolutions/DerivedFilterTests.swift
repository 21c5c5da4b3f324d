import TestSupport
import Testing

@testable import NN

/// What a backend makes of a filter is kept beside it, until the filter changes.
@Suite struct DerivedFilterTests {
  /// One for each kind of thing kept: Winograd's both, those of three channels to many and of many to three.
  static let examples = [(16, 16), (3, 16), (16, 3)]
  private let backend = CPUBackend(threads: 1)
  private let shape = ConvolutionShape(kernel: 3, padding: 1)

  /// Every way to write to a tensor that training uses.
  static let writes: [(@Sendable (CPUBackend, inout Tensor, Tensor) -> Void)] = [
    { $0.add($2, times: 0.5, to: &$1) },
    { $0.average($2, keep: 0.3, into: &$1) },
    { b, w, g in
      var v = b.zeros(w.shape)
      b.momentum(&w, g, &v, rate: 0.1, momentum: 0.9, decay: 0)
    },
    { b, w, g in
      var updates = [AdamUpdate(w: w, gradient: g, m: b.zeros(w.shape), v: b.zeros(w.shape))]
      b.adam(
        &updates,
        AdamStep(
          rate: 0.1, beta1: 0, beta2: 0.9, share1: 1, share2: 0.1, epsilon: 1e-8, decay: 0, correction1: 1, correction2: 0.1))
      w = updates[0].w
    },
  ]

  @Test(arguments: examples, writes.indices)
  func isMadeAnewOnceTheFilterIsWritten(_ channels: (Int, Int), _ way: Int) {
    var w = backend.normal([3, 3, channels.0, channels.1], seed: 1)
    let before = results(w)
    Self.writes[way](backend, &w, backend.normal(w.shape, seed: 2))
    let after = results(w)
    #expect(after == results(backend.tensor(w.values, w.shape)))
    #expect(after[0] != before[0] && after[1] != before[1])
  }

  @Test(arguments: examples) func staysWithACopyThatIsNotWritten(_ channels: (Int, Int)) {
    var w = backend.normal([3, 3, channels.0, channels.1], seed: 1)
    let kept = w
    let before = results(w)
    backend.add(kept, times: 1, to: &w)
    #expect(results(kept) == before)
    #expect(results(w) != before)
  }

  /// Where nobody else holds the numbers, they are moved in place: the very buffer that knows the old filter.
  @Test(arguments: examples) func isMadeAnewWhereParametersMoveInPlace(_ channels: (Int, Int)) {
    let scope = Scope()
    _ = scope.weight("weight", [channels.1, channels.0, 3, 3], .convolution, .xavierUniform(gain: 1))
    var parameters = Parameters(scope.specifications, from: RandomStream(seed: 1), on: backend)
    var adam: any Optimiser = Adam(beta1: 0, beta2: 0.9)
    let gradient = backend.normal([3, 3, channels.0, channels.1], seed: 2)
    let before = results(parameters.values[0])
    let place = parameters.values[0].buffer.pointer
    adam.step(&parameters, [gradient], rate: 0.1)
    #expect(parameters.values[0].buffer.pointer == place, "else this test proves nothing")
    let w = parameters.values[0]
    #expect(results(w) == results(backend.tensor(w.values, w.shape)))
    #expect(results(w) != before)
  }

  /// Without this it would be no gain.
  @Test func isMadeOnce() {
    let w = backend.normal([3, 3, 16, 16], seed: 1)
    var made = 0
    for _ in 0..<3 {
      _ = w.buffer.derived(.turned) {
        made += 1
        return Buffer(16, from: backend.pool)
      }
    }
    #expect(made == 1)
  }

  /// A convolution and its input gradient.
  private func results(_ w: Tensor) -> [[Float]] {
    let x = backend.normal([1, 4, 5, w.shape[2]], seed: 3)
    let dy = backend.normal([1, 4, 5, w.shape[3]], seed: 4)
    return [
      backend.convolution(x, w, bias: nil, residual: nil, shape).y.values, backend.convolutionInputGradient(dy, w, x: x, shape).values,
    ]
  }
}
