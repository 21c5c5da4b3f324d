/// A linear layer: parameters `weight` (K, C) and `bias` (K).
public struct Linear: Sendable {
  private let weight: Parameter, bias: Parameter

  /// `image`: side of the square image whose channel planes the outputs are in PyTorch's order; the layer then gives them with
  /// the channels of a pixel together, ready to be reshaped to (N, side, side, C).
  public init(_ scope: Scope, _ inputs: Int, _ outputs: Int, image: Int? = nil, _ initialiser: Initialiser) {
    let layout: ParameterLayout = image.map { .image(side: $0) } ?? .plain
    weight = scope.weight("weight", [outputs, inputs], layout, initialiser)
    bias = scope.weight("bias", [outputs], layout, .inverseRootFan(inputs))
  }

  /// (N, C) -> (N, K).
  public func callAsFunction(_ x: Variable, _ pass: Pass, _ tape: inout Tape) -> Variable {
    pass.watched(tape.linear(x, pass[weight], bias: pass[bias]), weight)
  }
}
