import NN
import Testing

/// Sum of products, in Double.
func dot(_ a: Tensor, _ b: Tensor) -> Double { zip(a.values, b.values).reduce(0) { $0 + Double($1.0) * Double($1.1) } }

/// Euclidean length, in Double.
func length(_ a: Tensor) -> Double { dot(a, a).squareRoot() }

/// Expects <y, dy> = <x, dx> of a linear operation y = A x and its transpose dx = A' dy.
func expectAdjoint(
  y: Tensor, dy: Tensor, x: Tensor, dx: Tensor, _ what: String = "", sourceLocation: SourceLocation = #_sourceLocation
) {
  #expect(y.shape == dy.shape && x.shape == dx.shape, "\(what)", sourceLocation: sourceLocation)
  let (forwards, backwards) = (dot(y, dy), dot(x, dx))
  let difference = abs(forwards - backwards) / (length(y) * length(dy))
  guard difference <= 2e-7 else {
    Issue.record("\(what): <y, dy> = \(forwards), <x, dx> = \(backwards), difference \(difference)", sourceLocation: sourceLocation)
    return
  }
}

/// Expects the gradient of sum(f(x) * dy), for random dy, to foretell how the sum changes between x - step u and x + step u for six
/// random directions u.
///
/// `tolerance` is relative to the change of a typical direction. The sums are taken in Double, over the numbers as rounded to Float.
func expectDerivative(
  at x: Tensor, step: Float, within tolerance: Double, on backend: any Backend, _ what: String = "",
  sourceLocation: SourceLocation = #_sourceLocation, _ f: (Variable, inout Tape) -> Variable
) {
  func value(_ x: Tensor) -> Tensor {
    var tape = Tape(on: backend)
    return f(Variable(constant: x), &tape).value
  }
  let dy = backend.normal(value(x).shape, seed: 901)
  guard let gradient = LayerRun(backend, x, dy: dy, f).dx else {
    Issue.record("\(what): no gradient", sourceLocation: sourceLocation)
    return
  }
  for seed in 0..<6 {
    let u = backend.normal(x.shape, seed: 910 + UInt64(seed))
    var (above, below) = (x, x)
    backend.add(u, times: step, to: &above)
    backend.add(u, times: -step, to: &below)
    let moved = zip(above.values, below.values).map { Double($0) - Double($1) }
    let foretold = zip(gradient.values, moved).reduce(0) { $0 + Double($1.0) * $1.1 }
    let change = dot(value(above), dy) - dot(value(below), dy)
    let typical = length(gradient) * moved.reduce(0) { $0 + $1 * $1 }.squareRoot() / Double(x.count).squareRoot()
    guard abs(change - foretold) <= tolerance * typical else {
      Issue.record(
        "\(what): direction \(seed): changes by \(change), the gradient foretells \(foretold), off by \(abs(change - foretold) / typical)",
        sourceLocation: sourceLocation)
      continue
    }
  }
}
