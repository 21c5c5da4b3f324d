import NN

extension Networks {
  /// The classifier of the paper's Fig. 1. It has no adversarial head and no generator.
  static let vgg16 = NetworkKind(
    name: "vgg16", side: 32, allowsBatchNorm: true, hasAdversarialHead: false, discriminator: { VGG16($0) }, generator: nil)
}

/// Thirteen conv3x3 (with bias) -> [BN] -> ReLU in five groups, each followed by a 2 x 2 maximum, then one linear layer.
///
/// Names as in `nn.Sequential`: `features.0.weight` and so on, counting convolution, batch norm, ReLU and pooling.
private struct VGG16: Discriminator {
  private struct Step: Sendable {
    let convolution: Convolution, norm: BatchNorm?, halves: Bool
  }

  let specifications: [ParameterSpecification]
  private let steps: [Step]
  private let heads: ClassifierHeads

  init(_ shape: NetworkShape) {
    let scope = Scope()
    var steps: [Step] = []
    var inputs = 3
    var place = 0
    for group in [[1, 1], [2, 2], [4, 4, 4], [8, 8, 8], [8, 8, 8]] {
      for (k, factor) in group.enumerated() {
        let outputs = factor * shape.width
        let last = k == group.count - 1
        let convolution = Convolution(
          scope / "features" / "\(place)", inputs, outputs, kernel: 3, bias: true, .inverseRootFan(9 * inputs))
        let norm = shape.batchNorm ? BatchNorm(scope / "features" / "\(place + 1)", outputs) : nil
        steps.append(Step(convolution: convolution, norm: norm, halves: last))
        place += (shape.batchNorm ? 3 : 2) + (last ? 1 : 0)
        inputs = outputs
      }
    }
    self.steps = steps
    heads = ClassifierHeads(adversarial: nil, classes: Linear(scope / "classifier", inputs, shape.classes, .inverseRootFan(inputs)))
    specifications = scope.specifications
  }

  func callAsFunction(_ images: Images, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput {
    var h = images.variable
    for (k, step) in steps.enumerated() {
      // A maximum and a ReLU change places freely: each convolution rectifies what it is given.
      h = step.convolution(h, with: k == 0 ? .none : .relu, norm: step.norm, pass, &tape)
      if step.halves { h = tape.maximumPool(h) }
    }
    h = tape.relu(h)
    h = tape.reshape(h, [h.shape[0], h.shape[1] * h.shape[2] * h.shape[3]])
    return heads(h, labels: labels, pass, &tape)
  }
}
