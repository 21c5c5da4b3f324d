import NN

/// The published residual generator: linear layer to a 4 x 4 image, blocks with class-conditional batch norm, tanh.
struct ResidualGenerator: Generator {
  /// Width of a block as a multiple of the network's, and whether it doubles the image.
  struct BlockPlan: Sendable {
    let factor: Int, doubles: Bool
  }

  let specifications: [ParameterSpecification]
  let latentSize: Int
  private let firstWidth: Int
  private let first: Linear
  private let blocks: [GeneratorBlock]
  private let norm: BatchNorm
  private let last: Convolution

  /// `firstFactor`: width of the 4 x 4 image as a multiple of the network's. Blocks are named from block2 on.
  init(firstFactor: Int, _ plans: [BlockPlan], _ shape: NetworkShape) {
    let scope = Scope()
    latentSize = shape.latentSize
    firstWidth = firstFactor * shape.width
    first = Linear(scope / "l1", latentSize, 16 * firstWidth, image: 4, .xavierUniform(gain: 1))
    var inputs = firstWidth
    var blocks: [GeneratorBlock] = []
    for (k, plan) in plans.enumerated() {
      let outputs = plan.factor * shape.width
      blocks.append(GeneratorBlock(scope / "block\(k + 2)", inputs: inputs, outputs: outputs, doubles: plan.doubles, shape))
      inputs = outputs
    }
    self.blocks = blocks
    norm = BatchNorm(scope / "b\(plans.count + 2)", inputs)
    last = Convolution(scope / "l\(plans.count + 2)", inputs, 3, kernel: 3, bias: true, .xavierUniform(gain: 1))
    specifications = scope.specifications
  }

  func callAsFunction(_ z: Tensor, labels: [Int], _ pass: Pass, _ tape: inout Tape) -> Images {
    precondition(z.shape == [labels.count, latentSize], "generator: z \(z.shape), \(labels.count) labels")
    var h = tape.reshape(first(Variable(constant: z), pass, &tape), [labels.count, 4, 4, firstWidth])
    for block in blocks { h = block(h, labels, pass, &tape) }
    h = norm(h, pass, &tape)
    return Images(tape.tanh(last(h, with: .relu, pass, &tape)))
  }
}

/// cBN -> ReLU -> [double] -> conv3x3 -> cBN -> ReLU -> conv3x3, plus x itself, or conv1x1 of the doubled x where width or size change.
private struct GeneratorBlock: Sendable {
  private let doubles: Bool
  private let b1: ConditionalBatchNorm, b2: ConditionalBatchNorm
  private let c1: Convolution, c2: Convolution, shortcut: Convolution?

  init(_ scope: Scope, inputs: Int, outputs: Int, doubles: Bool, _ shape: NetworkShape) {
    self.doubles = doubles
    let root = Float(2).squareRoot()
    b1 = ConditionalBatchNorm(scope / "b1", inputs, classes: shape.classes, momentum: shape.conditionalMomentum)
    c1 = Convolution(scope / "c1", inputs, outputs, kernel: 3, bias: true, .xavierUniform(gain: root))
    b2 = ConditionalBatchNorm(scope / "b2", outputs, classes: shape.classes, momentum: shape.conditionalMomentum)
    c2 = Convolution(scope / "c2", outputs, outputs, kernel: 3, bias: true, .xavierUniform(gain: root))
    shortcut =
      doubles || inputs != outputs ? Convolution(scope / "c_sc", inputs, outputs, kernel: 1, bias: true, .xavierUniform(gain: 1)) : nil
  }

  func callAsFunction(_ x: Variable, _ labels: [Int], _ pass: Pass, _ tape: inout Tape) -> Variable {
    let wide = c1(
      b1(x, labels: labels, pass, &tape), with: .init(negativeSlope: 0, upsamples: doubles, precedesNorm: true), pass, &tape)
    let h = b2(wide, labels: labels, pass, &tape)
    // A 1 x 1 convolution and nearest upsampling change places freely; the convolution comes first, at a quarter of the cost.
    let side = shortcut.map { $0(x, pass, &tape) } ?? x
    return c2(h, with: .init(negativeSlope: 0, repeatsResidual: doubles, precedesNorm: true), plus: side, pass, &tape)
  }
}
