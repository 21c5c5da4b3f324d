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
  let specifications: [ParameterSpecification]
  private let body: Sequential
  private let heads: ClassifierHeads

  init(_ shape: NetworkShape) {
    let scope = Scope()
    var layers: [Layer?] = []
    var inputs = 3
    var place = 0
    for group in [[1, 1], [2, 2], [4, 4, 4], [8, 8, 8], [8, 8, 8]] {
      for factor in group {
        let outputs = factor * shape.width
        let convolution = Convolution(scope / "features" / "\(place)", inputs, outputs, kernel: 3, bias: true, .inverseRootFan(9 * inputs))
        let norm = shape.batchNorm ? BatchNorm(scope / "features" / "\(place + 1)", outputs) : nil
        layers += [.convolution(convolution), norm.map(Layer.batchNorm), .relu]
        place += shape.batchNorm ? 3 : 2
        inputs = outputs
      }
      layers.append(.maximumPool)
      place += 1
    }
    body = Sequential(layers + [.flatten])
    heads = ClassifierHeads(adversarial: nil, classes: Linear(scope / "classifier", inputs, shape.classes, .inverseRootFan(inputs)))
    specifications = scope.specifications
  }

  func callAsFunction(_ images: Images, labels: [Int]?, _ pass: Pass, _ tape: inout Tape) -> DiscriminatorOutput {
    heads(body(images.variable, pass, &tape), labels: labels, pass, &tape)
  }
}
