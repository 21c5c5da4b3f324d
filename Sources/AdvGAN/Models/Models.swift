import NN

/// A discriminator with its numbers.
public struct DiscriminatorModel {
  public let network: any Discriminator
  public var parameters: Parameters

  /// Numbers that are already there.
  init(_ network: any Discriminator, _ parameters: Parameters) {
    self.network = network
    self.parameters = parameters
  }

  /// Fresh numbers, drawn from `stream`.
  public init(_ network: any Discriminator, from stream: RandomStream, on backend: any Backend) {
    self.network = network
    parameters = Parameters(network.specifications, from: stream, on: backend)
  }

  public var backend: any Backend { parameters.backend }

  /// The class logits (N, classes) of images, in inference mode.
  public func classLogits(_ images: Tensor) -> Tensor {
    var tape = Tape(on: backend)
    let pass = Pass(parameters, .inference, learns: false, on: &tape)
    return network(Images(constant: images), labels: nil, pass, &tape).classLogits.value
  }

  /// The gradient of an attack's objective by the images, in inference mode, and the class logits met on the way. The parameters'
  /// gradients are never computed.
  public func inputGradient(of images: Tensor, _ labels: [Int], _ objective: AttackObjective) -> (gradient: Tensor, classLogits: Tensor) {
    var tape = Tape(on: backend)
    let pass = Pass(parameters, .inference, learns: false, on: &tape)
    let x = tape.trace(images)
    let output = network(Images(x), labels: labels, pass, &tape)
    let loss = objective.loss(output, labels, &tape)
    let gradients = tape.gradients(of: loss)
    return (gradients[x] ?? backend.zeros(images.shape), output.classLogits.value)
  }
}

/// A generator with its numbers.
public struct GeneratorModel {
  public let network: any Generator
  public var parameters: Parameters

  /// Numbers that are already there.
  init(_ network: any Generator, _ parameters: Parameters) {
    self.network = network
    self.parameters = parameters
  }

  /// Fresh numbers, drawn from `stream`.
  public init(_ network: any Generator, from stream: RandomStream, on backend: any Backend) {
    self.network = network
    parameters = Parameters(network.specifications, from: stream, on: backend)
  }

  public var backend: any Backend { parameters.backend }

  /// One image a label, (N, H, W, 3), from noise z (N, latentSize). Returns the running statistics met, in training phase.
  public func images(_ z: Tensor, _ labels: [Int], _ phase: Phase) -> (images: Tensor, statistics: [RunningStatistic]) {
    var tape = Tape(on: backend)
    let pass = Pass(parameters, phase, learns: false, on: &tape)
    let images = network(z, labels: labels, pass, &tape)
    return (images.tensor, pass.statistics)
  }
}

/// For every image whether the largest logit is its label's. Of equal largest logits the first counts, as in PyTorch's argmax; a
/// image with a logit that is no number is never right.
public func isCorrect(_ classLogits: Tensor, _ labels: [Int]) -> [Bool] {
  let classes = classLogits.shape[1]
  let values = classLogits.values
  return labels.indices.map { n in
    let row = values[n * classes..<(n + 1) * classes]
    guard !row.contains(where: \.isNaN), let top = row.max() else { return false }
    return row.firstIndex(of: top) == row.startIndex + labels[n]
  }
}
