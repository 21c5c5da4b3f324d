import IO
import Jobs
import NN

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
