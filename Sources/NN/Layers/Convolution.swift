/// A square convolution layer: parameters `weight` (K, C, kernel, kernel) and, with a bias, `bias` (K).
public struct Convolution: Sendable {
  private let weight: Parameter
  private let bias: Parameter?
  private let shape: ConvolutionShape

  public init(_ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, bias: Bool, _ initialiser: Initialiser) {
    shape = ConvolutionShape(kernel: kernel, stride: stride, padding: kernel / 2)
    weight = scope.weight("weight", [outputs, inputs, kernel, kernel], .convolution, initialiser)
    self.bias = bias ? scope.weight("bias", [outputs], .plain, .inverseRootFan(inputs * kernel * kernel)) : nil
  }

  /// Whether every output pixel depends on its own input pixel alone.
  var isPointwise: Bool { shape.isPointwise }

  /// What is computed together with a convolution, at next to no cost.
  struct Surroundings: Sendable {
    /// The input passes a leaky ReLU of this negative slope first (0: ReLU).
    var negativeSlope: Float?
    /// Every pixel of the input is repeated 2 x 2 times first.
    var upsamples = false
    var norm: (any Norm)?
    /// The output, behind the norm, is averaged over 2 x 2 pixels.
    var halves = false
    /// Every pixel of what is added is repeated 2 x 2 times.
    var repeatsResidual = false
    /// A norm of another layer takes the batch statistics of the output.
    var precedesNorm = false
  }

  /// (N, H, W, C) -> (N, H', W', K): halve(norm(conv(repeat(ReLU(x))))) + (repeated) residual.
  ///
  /// In inference phase, where nothing is learned, a norm is folded into the filter if it can be.
  func callAsFunction(
    _ x: Variable, labels: [Int], with surroundings: Surroundings, plus residual: Variable?, _ pass: Pass, _ tape: inout Tape
  ) -> Variable {
    let (norm, bias) = (surroundings.norm, bias.map { pass[$0] })
    var shape = shape
    shape.negativeSlope = surroundings.negativeSlope
    shape.upsamples = surroundings.upsamples
    shape.measures = pass.phase == .training && (norm != nil || surroundings.precedesNorm)
    shape.halves = surroundings.halves
    shape.repeatsResidual = surroundings.repeatsResidual
    guard let norm else { return pass.watched(tape.convolution(x, pass[weight], bias: bias, residual: residual, shape), weight) }
    precondition(!surroundings.repeatsResidual, "convolution: a residual behind batch norm is not repeated")
    if pass.folds, let folding = norm.folding(pass, &tape) {
      let backend = tape.backend
      let (w, b) = pass.folded[weight, { backend.folded(pass[weight].value, bias: bias?.value, folding.by, beta: folding.beta) }]
      return pass.watched(tape.convolution(x, Variable(constant: w), bias: Variable(constant: b), residual: residual, shape), weight)
    }
    shape.halves = false
    let y = pass.watched(tape.convolution(x, pass[weight], bias: bias, shape), weight)
    return norm(y, labels: labels, halves: surroundings.halves, plus: residual, pass, &tape)
  }
}

/// Filters that take in the norm behind them, for inference.
///
/// Belongs to one state of a network's parameters; `Parameters` begins a new one whenever an element changes. So the steps of an
/// attack, which leaves the weights alone, share them.
final class FoldedFilters {
  private var known: [Int: (w: Tensor, bias: Tensor)] = [:]

  subscript(parameter: Parameter, make: () -> (w: Tensor, bias: Tensor)) -> (w: Tensor, bias: Tensor) {
    if let folded = known[parameter.index] { return folded }
    let folded = make()
    known[parameter.index] = folded
    return folded
  }

  /// Gives the memory back; what is asked for again is made again.
  func forget() { known = [:] }
}
