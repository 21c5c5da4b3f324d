/// A square convolution layer: parameters `weight` (K, C, kernel, kernel) and, with a bias, `bias` (K).
public struct Convolution: Sendable {
  private let weight: Parameter
  private let bias: Parameter?
  private let shape: ConvolutionShape

  public init(
    _ scope: Scope, _ inputs: Int, _ outputs: Int, kernel: Int, stride: Int = 1, bias: Bool, _ initialiser: Initialiser
  ) {
    shape = ConvolutionShape(kernel: kernel, stride: stride, padding: kernel / 2)
    weight = scope.weight("weight", [outputs, inputs, kernel, kernel], .convolution, initialiser)
    self.bias = bias ? scope.weight("bias", [outputs], .plain, .inverseRootFan(inputs * kernel * kernel)) : nil
  }

  /// What surrounds one call of a convolution. Together with it, and only so, these cost next to nothing.
  public struct Surroundings: Sendable {
    /// The input passes a leaky ReLU of this negative negative slope first (0: ReLU).
    public var negativeSlope: Float?
    /// Every pixel of the input is repeated 2 x 2 times first.
    public var upsamples: Bool
    /// The output, behind batch norm, is averaged over 2 x 2 pixels.
    public var halves: Bool

    /// Every pixel of what is added is repeated 2 x 2 times.
    public var repeatsResidual: Bool
    /// A batch norm of another layer takes the batchStatistics of the output next.
    public var precedesNorm: Bool

    public init(
      negativeSlope: Float? = nil, upsamples: Bool = false, halves: Bool = false, repeatsResidual: Bool = false, precedesNorm: Bool = false
    ) {
      self.negativeSlope = negativeSlope
      self.upsamples = upsamples
      self.halves = halves
      self.repeatsResidual = repeatsResidual
      self.precedesNorm = precedesNorm
    }

    /// Nothing.
    public static let none = Surroundings()
    /// ReLU in front.
    public static let relu = Surroundings(negativeSlope: 0)
  }

  /// (N, H, W, C) -> (N, H', W', K): halve(norm(conv(repeat(ReLU(x))))) + (repeated) residual.
  ///
  /// In inference phase, where nothing is learned, the batch norm is folded into the filter.
  public func callAsFunction(
    _ x: Variable, with surroundings: Surroundings = .none, norm: BatchNorm? = nil, plus residual: Variable? = nil, _ pass: Pass,
    _ tape: inout Tape
  ) -> Variable {
    var shape = shape
    shape.negativeSlope = surroundings.negativeSlope
    shape.upsamples = surroundings.upsamples
    shape.halves = surroundings.halves && (norm == nil || pass.folds)
    shape.repeatsResidual = surroundings.repeatsResidual
    shape.measures = pass.phase == .training && (norm != nil || surroundings.precedesNorm)
    guard let norm else { return tape.convolution(x, pass[weight], bias: bias.map { pass[$0] }, residual: residual, shape) }
    precondition(!surroundings.repeatsResidual, "convolution: a residual behind batch norm is not repeated")
    guard pass.folds else {
      let y = tape.convolution(x, pass[weight], bias: bias.map { pass[$0] }, shape)
      return norm(y, halves: surroundings.halves, plus: residual, pass, &tape)
    }
    let backend = tape.backend
    let (w, b) = pass.folded[weight, {
      norm.scaling(pass).folded(into: pass[weight].value, bias.map { pass[$0].value }, on: backend)
    }]
    return tape.convolution(x, Variable(constant: w), bias: Variable(constant: b), residual: residual, shape)
  }
}
