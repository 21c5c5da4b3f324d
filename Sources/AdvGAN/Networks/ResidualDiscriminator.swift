import NN

/// The published residual discriminator: blocks, ReLU, sum over all pixels, two heads (SN-GAN's without spectral normalisation).
struct ResidualDiscriminator: Discriminator {
  /// Width of a block as a multiple of the network's, and whether it halves the image.
  struct BlockPlan: Sendable {
    let factor: Int, halves: Bool
  }

  let specifications: [ParameterSpecification]
  private let body: Sequential
  private let heads: ClassifierHeads

  /// The heads are named l<k> and l_y, k following the last block's number.
  init(_ plans: [BlockPlan], _ shape: NetworkShape) {
    let scope = Scope()
    let widths = plans.map { $0.factor * shape.width }
    let blocks = plans.indices.map { k in
      Self.block(scope / "block\(k + 1)", inputs: k == 0 ? 3 : widths[k - 1], outputs: widths[k], halves: plans[k].halves, shape, isFirst: k == 0)
    }
    body = Sequential(blocks + [.relu, .sumPool])
    heads = ClassifierHeads(
      adversarial: Linear(scope / "l\(plans.count + 1)", widths[plans.count - 1], 1, .xavierUniform(gain: 1)),
      classes: Linear(scope / "l_y", widths[plans.count - 1], shape.classes, .xavierUniform(gain: 1)))
    specifications = scope.specifications
  }

  func callAsFunction(_ images: Images, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput {
    heads(body(images.variable, pass, &tape), labels: labels, pass, &tape)
  }

  /// ReLU -> conv3x3 -> [BN] -> ReLU -> conv3x3 -> [BN] -> [halve], plus x itself, or conv1x1 -> [BN] -> [halve] where the width or the size
  /// changes. The first block has no ReLU on the image itself, is as wide inside as its output, and halves its side before the conv1x1.
  private static func block(_ scope: Scope, inputs: Int, outputs: Int, halves: Bool, _ shape: NetworkShape, isFirst: Bool) -> Layer {
    let root = Float(2).squareRoot()
    let learnsShortcut = halves || inputs != outputs
    let hidden = isFirst ? outputs : inputs
    let c1 = Convolution(scope / "c1", inputs, hidden, kernel: 3, bias: false, .xavierUniform(gain: root))
    let c2 = Convolution(scope / "c2", hidden, outputs, kernel: 3, bias: false, .xavierUniform(gain: root))
    let shortcut = learnsShortcut ? Convolution(scope / "c_sc", inputs, outputs, kernel: 1, bias: false, .xavierUniform(gain: 1)) : nil
    let b1 = shape.batchNorm ? BatchNorm(scope / "b1", hidden) : nil
    let b2 = shape.batchNorm ? BatchNorm(scope / "b2", outputs) : nil
    let bShortcut = shape.batchNorm && learnsShortcut ? BatchNorm(scope / "b_sc", outputs) : nil
    let halve: Layer? = halves ? .averagePool(2) : nil
    return .residual(
      main: [isFirst ? nil : .relu, .convolution(c1), b1.map(Layer.batchNorm), .relu, .convolution(c2), b2.map(Layer.batchNorm), halve],
      side: [
        isFirst ? halve : nil, shortcut.map(Layer.convolution), bShortcut.map(Layer.batchNorm), isFirst || shortcut == nil ? nil : halve,
      ])
  }
}
