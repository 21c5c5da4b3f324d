import IO
import Jobs
import NN

/// A discriminator with its numbers.
public struct DiscriminatorModel {
  public let network: any Discriminator
  public var parameters: Parameters

  /// Numbers that are already there.
  init(_ network: any Discriminator, _ parameters: Parameters) { (self.network, self.parameters) = (network, parameters) }

  /// Fresh numbers, drawn from `stream`.
  public init(_ network: any Discriminator, from stream: RandomStream, on backend: any Backend) {
    self.network = network
    parameters = Parameters(network.specifications, from: stream, on: backend)
  }

  public var backend: any Backend { parameters.backend }
}

extension DiscriminatorModel: Classifier {
  public func classLogits(_ images: Tensor) -> Tensor {
    var tape = Tape(on: backend)
    let pass = Pass(parameters, .inference, learns: false, on: &tape)
    return network(Images(constant: images), labels: nil, pass, &tape).classLogits.value
  }

  /// The parameters' gradients are never computed.
  public func inputGradient(of objective: any AttackObjective, at batch: LabelledImages) -> InputGradient {
    var tape = Tape(on: backend)
    let pass = Pass(parameters, .inference, learns: false, on: &tape)
    let x = tape.trace(batch.images)
    let output = network(Images(x), labels: batch.labels, pass, &tape)
    let values = objective.values(output, batch.labels, &tape)
    let ones = backend.tensor([Float](repeating: 1, count: batch.labels.count), values.shape)
    let gradient = tape.gradients(of: values, weightedBy: ones)[x]
    return InputGradient(gradient: gradient ?? backend.zeros(batch.images.shape), values: values.value, classLogits: output.classes?.value)
  }
}

extension DiscriminatorModel {
  /// What it says of images as they are, which is all of a number, or nothing about it is worth measuring.
  /// - Parameter place: the weights and the images, in words.
  /// - Throws: `StageError` where a logit is not finite; it names the first layer whose output is not.
  func requiredAnswers(_ batch: LabelledImages, _ place: String) throws(StageError) -> [Answer] {
    let answers = answers(batch)
    guard let image = answers.firstIndex(where: { $0 == .none }) else { return answers }
    let cause =
      parameters.firstNotFinite.map { "its parameter '\($0)' is not finite" }
      ?? firstLayerNotFinite(at: batch.images).map { "the first layer whose output is not finite is '\($0)'" }
    throw StageError(
      "\(place): the class logits of image \(image + 1) of \(answers.count) are not finite" + (cause.map { "; \($0)" } ?? "")
        + "; such weights cannot be measured, take those of a training that did not diverge")
  }

  private func firstLayerNotFinite(at images: Tensor) -> String? {
    var found: String?
    var tape = Tape(on: backend)
    let pass = Pass(parameters, .inference, learns: false, on: &tape) { layer, output in
      if found == nil, !backend.host(output).allSatisfy(\.isFinite) { found = layer }
    }
    _ = network(Images(constant: images), labels: nil, pass, &tape)
    return found
  }
}

/// A generator with its numbers.
public struct GeneratorModel {
  public let network: any Generator
  public var parameters: Parameters

  /// Numbers that are already there.
  init(_ network: any Generator, _ parameters: Parameters) { (self.network, self.parameters) = (network, parameters) }

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

extension DiscriminatorModel {
  /// The discriminator whose state dict a file holds; `path` is named in errors.
  init(_ network: any Discriminator, _ state: [String: StateTensor], from path: FilePath, on backend: any Backend) throws {
    self.init(network, try Parameters(network.specifications, loading: state, from: path, on: backend))
  }

  /// The discriminator of an artifact.
  init(_ description: ModelDescription, _ artifact: Artifact, weights: WeightsName, on backend: any Backend) throws {
    try self.init(
      description.kind().discriminator(description.shape), artifact.state(weights), from: artifact.path.appending(weights.file), on: backend
    )
  }
}

extension GeneratorModel {
  /// The generator whose state dict a file holds; `path` is named in errors.
  init(_ network: any Generator, _ state: [String: StateTensor], from path: FilePath, on backend: any Backend) throws {
    self.init(network, try Parameters(network.specifications, loading: state, from: path, on: backend))
  }

  /// The generator of an artifact.
  init(_ description: ModelDescription, _ artifact: Artifact, weights: WeightsName, on backend: any Backend) throws {
    try self.init(
      description.kind().makeGenerator(description.shape), artifact.state(weights), from: artifact.path.appending(weights.file), on: backend
    )
  }

  /// Replaces the running statistics of batch norm by means over fresh batches ("standing statistics"): those kept in training belong
  /// to other weights than an average's.
  /// - Parameter check: called before each batch; what it throws is passed on, the statistics being neither old nor new.
  mutating func takeStandingStatistics(
    labels: LabelDistribution, batches: Int = 16, batch: Int = 64, _ stream: RandomStream, check: () throws -> Void = {}
  ) rethrows {
    for k in 0..<batches {
      try check()
      var noise = stream.derived("standing noise", k)
      var label = stream.derived("standing labels", k)
      let z = backend.normal([batch, network.latentSize], &noise)
      let statistics = images(z, labels.draw(batch, &label), .training).statistics
      parameters.absorb(statistics, momentum: 1 / Float(k + 1))
    }
  }
}
