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
  private let body: Sequential
  private let heads: ClassifierHeads

  init(_ shape: NetworkShape) {
    let scope = Scope()
    var inputs = shape.width
    var layers: [Layer] = [.convolution(Convolution(scope / "conv1", 3, inputs, kernel: 3, bias: false, .inverseRootFan(27)))]
    for (group, factor) in [1, 2, 4, 8].enumerated() {
      for k in 0..<2 {
        let place = scope / "layer\(group + 1)" / "\(k)"
        layers.append(Self.block(place, inputs: inputs, outputs: factor * shape.width, stride: k == 0 && group > 0 ? 2 : 1))
        inputs = factor * shape.width
      }
    }
    body = Sequential(layers + [.averagePool(4), .flatten])
    let classes = Linear(scope / "linear", inputs, shape.classes, .inverseRootFan(inputs))
    heads = ClassifierHeads(adversarial: Linear(scope / "discriminate", inputs, 1, .inverseRootFan(inputs)), classes: classes)
    specifications = scope.specifications
  }

  func callAsFunction(_ images: Images, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput {
    heads(body(images.variable, pass, &tape), labels: labels, pass, &tape)
  }

  /// LeakyReLU(0.2) -> conv3x3 -> LeakyReLU -> conv3x3, plus x itself, or conv1x1 of the activated x where width or size change.
  private static func block(_ scope: Scope, inputs: Int, outputs: Int, stride: Int) -> Layer {
    let c1 = Convolution(scope / "conv1", inputs, outputs, kernel: 3, stride: stride, bias: false, .kaimingNormalFanOut)
    let c2 = Convolution(scope / "conv2", outputs, outputs, kernel: 3, bias: false, .kaimingNormalFanOut)
    let main: [Layer] = [.leakyReLU(0.2), .convolution(c1), .leakyReLU(0.2), .convolution(c2)]
    if stride == 1, inputs == outputs { return .residual(main: main, side: []) }
    let shortcut = Convolution(scope / "shortcut" / "0", inputs, outputs, kernel: 1, stride: stride, bias: false, .inverseRootFan(inputs))
    return .residual(main: main, side: [.leakyReLU(0.2), .convolution(shortcut)])
  }
}
