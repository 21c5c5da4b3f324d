import NN

extension Networks {
  /// The classifier that the published CIFAR-10 results were made with: PreActResNet18 without batch norm, leaky ReLU, two heads.
  /// Its generator is `resnet32`'s.
  static let preactResNet18 = NetworkKind(
    name: "preact-resnet18", side: 32, allowsBatchNorm: false, hasAdversarialHead: true,
    discriminator: { PreActResNet18($0) }, generator: resnet32.generator)
}

/// conv3x3 3 -> w, four groups of two blocks (w@32, 2w@16, 4w@8, 8w@4), average over 4 x 4, heads `linear` and `discriminate`.
private struct PreActResNet18: Discriminator {
  let specifications: [ParameterSpecification]
  private let stem: Convolution
  private let blocks: [PreActBlock]
  private let heads: ClassifierHeads

  init(_ shape: NetworkShape) {
    let scope = Scope()
    let width = shape.width
    stem = Convolution(scope / "conv1", 3, width, kernel: 3, bias: false, .inverseRootFan(27))
    var inputs = width
    var blocks: [PreActBlock] = []
    for (group, factor) in [1, 2, 4, 8].enumerated() {
      for k in 0..<2 {
        let place = scope / "layer\(group + 1)" / "\(k)"
        blocks.append(PreActBlock(place, inputs: inputs, outputs: factor * width, stride: k == 0 && group > 0 ? 2 : 1))
        inputs = factor * width
      }
    }
    self.blocks = blocks
    let classes = Linear(scope / "linear", inputs, shape.classes, .inverseRootFan(inputs))
    heads = ClassifierHeads(adversarial: Linear(scope / "discriminate", inputs, 1, .inverseRootFan(inputs)), classes: classes)
    specifications = scope.specifications
  }

  func callAsFunction(_ images: Images, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput {
    var h = stem(images.variable, pass, &tape)
    for block in blocks { h = block(h, pass, &tape) }
    h = tape.averagePool(h, 4)
    h = tape.reshape(h, [h.shape[0], h.shape[1] * h.shape[2] * h.shape[3]])
    return heads(h, labels: labels, pass, &tape)
  }
}

/// LeakyReLU(0.2) -> conv3x3 -> LeakyReLU -> conv3x3, plus x itself, or conv1x1 of the activated x where width or size change.
private struct PreActBlock: Sendable {
  private let c1: Convolution, c2: Convolution, shortcut: Convolution?

  init(_ scope: Scope, inputs: Int, outputs: Int, stride: Int) {
    c1 = Convolution(scope / "conv1", inputs, outputs, kernel: 3, stride: stride, bias: false, .kaimingNormalFanOut)
    c2 = Convolution(scope / "conv2", outputs, outputs, kernel: 3, bias: false, .kaimingNormalFanOut)
    shortcut =
      stride != 1 || inputs != outputs
      ? Convolution(scope / "shortcut" / "0", inputs, outputs, kernel: 1, stride: stride, bias: false, .inverseRootFan(inputs)) : nil
  }

  func callAsFunction(_ x: Variable, _ pass: Pass, _ tape: inout Tape) -> Variable {
    let leaky = Convolution.Surroundings(negativeSlope: 0.2)
    let side = shortcut.map { $0(x, with: leaky, pass, &tape) } ?? x
    return c2(c1(x, with: leaky, pass, &tape), with: leaky, plus: side, pass, &tape)
  }
}
