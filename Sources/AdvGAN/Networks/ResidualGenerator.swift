import NN

/// The published residual generator: linear layer to a 4 x 4 image, blocks with class-conditional batch norm, tanh.
struct ResidualGenerator: Generator {
  /// Width of a block as a multiple of the network's, and whether it doubles the image.
  struct BlockPlan: Sendable {
    let factor: Int, doubles: Bool
  }

  let specifications: [ParameterSpecification]
  let latentSize: Int
  private let body: Sequential

  /// `firstFactor`: width of the 4 x 4 image as a multiple of the network's. Blocks are named from block2 on.
  init(firstFactor: Int, _ plans: [BlockPlan], _ shape: NetworkShape) {
    let scope = Scope()
    latentSize = shape.latentSize
    var inputs = firstFactor * shape.width
    let first = Linear(scope / "l1", latentSize, 16 * inputs, image: 4, .xavierUniform(gain: 1))
    var layers: [Layer] = [.linear(first), .reshape([4, 4, inputs])]
    for (k, plan) in plans.enumerated() {
      let outputs = plan.factor * shape.width
      layers.append(Self.block(scope / "block\(k + 2)", inputs: inputs, outputs: outputs, doubles: plan.doubles, shape))
      inputs = outputs
    }
    let norm = BatchNorm(scope / "b\(plans.count + 2)", inputs)
    let last = Convolution(scope / "l\(plans.count + 2)", inputs, 3, kernel: 3, bias: true, .xavierUniform(gain: 1))
    body = Sequential(layers + [.batchNorm(norm), .relu, .convolution(last), .tanh])
    specifications = scope.specifications
  }

  func callAsFunction(_ z: Tensor, labels: [Int], _ pass: Pass, _ tape: inout Tape) -> Images {
    precondition(z.shape == [labels.count, latentSize], "generator: z \(z.shape), \(labels.count) labels")
    return Images(body(Variable(constant: z), labels: labels, pass, &tape))
  }

  /// cBN -> ReLU -> [double] -> conv3x3 -> cBN -> ReLU -> conv3x3, plus x itself, or conv1x1 of the doubled x where width or size change.
  private static func block(_ scope: Scope, inputs: Int, outputs: Int, doubles: Bool, _ shape: NetworkShape) -> Layer {
    let root = Float(2).squareRoot()
    let b1 = ConditionalBatchNorm(scope / "b1", inputs, classes: shape.classes, momentum: shape.conditionalMomentum)
    let c1 = Convolution(scope / "c1", inputs, outputs, kernel: 3, bias: true, .xavierUniform(gain: root))
    let b2 = ConditionalBatchNorm(scope / "b2", outputs, classes: shape.classes, momentum: shape.conditionalMomentum)
    let c2 = Convolution(scope / "c2", outputs, outputs, kernel: 3, bias: true, .xavierUniform(gain: root))
    let shortcut =
      doubles || inputs != outputs ? Convolution(scope / "c_sc", inputs, outputs, kernel: 1, bias: true, .xavierUniform(gain: 1)) : nil
    let double: Layer? = doubles ? .upsample : nil
    return .residual(
      main: [.conditionalBatchNorm(b1), .relu, double, .convolution(c1), .conditionalBatchNorm(b2), .relu, .convolution(c2)],
      side: [double, shortcut.map(Layer.convolution)])
  }
}
