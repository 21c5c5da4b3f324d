import IO
import Jobs
import NN

extension DiscriminatorModel {
  /// The discriminator of an artifact. `member`: the weights' name, such as `discriminator.safetensors`.
  init(_ description: ModelDescription, _ artifact: Artifact, member: String, on backend: any Backend) throws {
    self.init(try description.kind().discriminator(description.shape), from: RandomStream(seed: 0), on: backend)
    try parameters.load(artifact.bytes(of: member), from: artifact.path.appending(member))
  }
}

extension GeneratorModel {
  /// The generator of an artifact.
  init(_ description: ModelDescription, _ artifact: Artifact, member: String, on backend: any Backend) throws {
    guard let make = try description.kind().generator else { throw StageError("the network '\(description.network)' has no generator") }
    self.init(make(description.shape), from: RandomStream(seed: 0), on: backend)
    try parameters.load(artifact.bytes(of: member), from: artifact.path.appending(member))
  }

  /// Replaces the running statistics of batch norm by means over fresh batches ("standing statistics"): those kept in training belong
  /// to other weights than an average's.
  mutating func takeStandingStatistics(classes: Int, batches: Int = 16, batch: Int = 64, _ stream: RandomStream) {
    for k in 0..<batches {
      var noise = stream.derived("standing noise", k)
      var label = stream.derived("standing labels", k)
      let z = backend.normal([batch, network.latentSize], &noise)
      let statistics = pictures(z, label.integers(batch, below: classes), .training).statistics
      parameters.absorb(statistics, momentum: 1 / Float(k + 1))
    }
  }
}
