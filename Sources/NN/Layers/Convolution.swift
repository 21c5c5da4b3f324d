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

  /// (N, H, W, C) -> (N, H', W', K).
  public func callAsFunction(_ x: Variable, _ pass: Pass, _ tape: inout Tape) -> Variable {
    tape.convolution(x, pass[weight], bias: bias.map { pass[$0] }, shape)
  }
}
