import NN

/// The published residual discriminator: blocks, ReLU, sum over all pixels, two heads (SN-GAN's without spectral normalisation).
struct ResidualDiscriminator: Discriminator {
  /// Width of a block as a multiple of the network's, and whether it halves the image.
  struct BlockPlan: Sendable {
    let factor: Int, halves: Bool
  }

  let specifications: [ParameterSpecification]
  private let first: FirstBlock
  private let blocks: [Block]
  private let heads: ClassifierHeads

  /// The heads are named l<k> and l_y, k following the last block's number.
  init(_ plans: [BlockPlan], _ shape: NetworkShape) {
    let scope = Scope()
    let widths = plans.map { $0.factor * shape.width }
    first = FirstBlock(scope / "block1", outputs: widths[0], batchNorm: shape.batchNorm)
    blocks = plans.indices.dropFirst().map { k in
      Block(scope / "block\(k + 1)", inputs: widths[k - 1], outputs: widths[k], halves: plans[k].halves, batchNorm: shape.batchNorm)
    }
    heads = ClassifierHeads(
      adversarial: Linear(scope / "l\(plans.count + 1)", widths[plans.count - 1], 1, .xavierUniform(gain: 1)),
      classes: Linear(scope / "l_y", widths[plans.count - 1], shape.classes, .xavierUniform(gain: 1)))
    specifications = scope.specifications
  }

  func callAsFunction(_ images: Images, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput {
    var h = first(images.variable, pass, &tape)
    for block in blocks { h = block(h, pass, &tape) }
    return heads(tape.sumPool(tape.relu(h)), labels: labels, pass, &tape)
  }
}

private let rootOfTwo = Float(2).squareRoot()

/// conv3x3 -> [BN] -> ReLU -> conv3x3 -> [BN] -> halve, plus halve -> conv1x1 -> [BN]. No ReLU on the image itself.
private struct FirstBlock: Sendable {
  private let c1: Convolution, c2: Convolution, shortcut: Convolution
  private let b1: BatchNorm?, b2: BatchNorm?, bShortcut: BatchNorm?

  init(_ scope: Scope, outputs: Int, batchNorm: Bool) {
    c1 = Convolution(scope / "c1", 3, outputs, kernel: 3, bias: false, .xavierUniform(gain: rootOfTwo))
    c2 = Convolution(scope / "c2", outputs, outputs, kernel: 3, bias: false, .xavierUniform(gain: rootOfTwo))
    shortcut = Convolution(scope / "c_sc", 3, outputs, kernel: 1, bias: false, .xavierUniform(gain: 1))
    b1 = batchNorm ? BatchNorm(scope / "b1", outputs) : nil
    b2 = batchNorm ? BatchNorm(scope / "b2", outputs) : nil
    bShortcut = batchNorm ? BatchNorm(scope / "b_sc", outputs) : nil
  }

  func callAsFunction(_ x: Variable, _ pass: Pass, _ tape: inout Tape) -> Variable {
    let side = shortcut(tape.averagePool(x, 2), norm: bShortcut, pass, &tape)
    let h = c1(x, norm: b1, pass, &tape)
    return c2(h, with: .init(negativeSlope: 0, halves: true), norm: b2, plus: side, pass, &tape)
  }
}

/// ReLU -> conv3x3 -> [BN] -> ReLU -> conv3x3 -> [BN] -> [halve], plus x itself, or conv1x1 -> [BN] -> [halve] where the width or
/// the size changes.
private struct Block: Sendable {
  private let halves: Bool
  private let c1: Convolution, c2: Convolution, shortcut: Convolution?
  private let b1: BatchNorm?, b2: BatchNorm?, bShortcut: BatchNorm?

  init(_ scope: Scope, inputs: Int, outputs: Int, halves: Bool, batchNorm: Bool) {
    self.halves = halves
    let learnsShortcut = halves || inputs != outputs
    c1 = Convolution(scope / "c1", inputs, inputs, kernel: 3, bias: false, .xavierUniform(gain: rootOfTwo))
    c2 = Convolution(scope / "c2", inputs, outputs, kernel: 3, bias: false, .xavierUniform(gain: rootOfTwo))
    shortcut = learnsShortcut ? Convolution(scope / "c_sc", inputs, outputs, kernel: 1, bias: false, .xavierUniform(gain: 1)) : nil
    b1 = batchNorm ? BatchNorm(scope / "b1", inputs) : nil
    b2 = batchNorm ? BatchNorm(scope / "b2", outputs) : nil
    bShortcut = batchNorm && learnsShortcut ? BatchNorm(scope / "b_sc", outputs) : nil
  }

  func callAsFunction(_ x: Variable, _ pass: Pass, _ tape: inout Tape) -> Variable {
    // A 1 x 1 convolution and an average change places freely; behind batch norm in training the published order counts, and holds.
    let side = shortcut.map { $0(x, with: .init(halves: halves), norm: bShortcut, pass, &tape) } ?? x
    let h = c1(x, with: .relu, norm: b1, pass, &tape)
    return c2(h, with: .init(negativeSlope: 0, halves: halves), norm: b2, plus: side, pass, &tape)
  }
}
