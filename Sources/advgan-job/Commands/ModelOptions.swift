import AdvGAN
import ArgumentParser
import IO
import NN

/// The options that say whose weights are meant: a safetensors file with its network, or an artifact that knows.
struct ModelOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp("Weights in a safetensors file, under the published PyTorch names.", valueName: "file"),
    completion: .file(extensions: ["safetensors"])) var weights: String?

  @Option(
    help: ArgumentHelp("An artifact of cotrain or finetune, in place of --weights.", valueName: "file"),
    completion: .file(extensions: ["tar"])) var artifact: String?

  @Option(help: ArgumentHelp("Which weights of the artifact, such as best or generator.", valueName: "name")) var member: String?

  @Option(help: "The network the weights belong to: \(Networks.names.joined(separator: ", ")).", completion: .list(Networks.names))
  var network: String?

  @Option(help: "Channels of the network's narrowest block, 64 in the paper.") var width = 64

  @Option(help: "How many classes the network knows.") var classes = 10

  @Flag(name: .customLong("bn"), help: "The discriminator has batch norm.") var batchNorm = false

  func validate() throws {
    guard (weights == nil) != (artifact == nil) else { throw ValidationError("give either --weights or --artifact") }
    guard artifact == nil || network == nil else { throw ValidationError("an artifact knows its network: leave --network out") }
    guard weights == nil || member == nil else { throw ValidationError("--member names weights of an artifact: leave it out") }
    guard (1...1024).contains(width) else { throw ValidationError("--width must lie between 1 and 1024, not \(width)") }
    guard (1...100_000).contains(classes) else { throw ValidationError("--classes must lie between 1 and 100000, not \(classes)") }
    if weights != nil { _ = try kind() }
  }

  /// What the options name.
  func model() throws -> GivenModel {
    if let artifact { return .artifact(FilePath(artifact), member: member) }
    return .weights(FilePath(weights ?? ""), try kind(), NetworkShape(width: width, classes: classes, batchNorm: batchNorm))
  }

  private func kind() throws -> NetworkKind {
    guard let network else { throw ValidationError("--weights needs --network: one of \(Networks.names.joined(separator: ", "))") }
    guard let kind = Networks.named(network) else {
      throw ValidationError("there is no network '\(network)'; known: \(Networks.names.joined(separator: ", "))")
    }
    guard kind.allowsBatchNorm || !batchNorm else { throw ValidationError("the network '\(network)' has no batch norm: leave --bn out") }
    return kind
  }
}

/// The options that say how the arithmetic is done.
struct BackendOptions: ParsableArguments {
  @Option(
    help: "How 3 x 3 convolutions are computed: \(ConvolutionMethod.allCases.map(\.rawValue).joined(separator: ", ")).",
    completion: .list(ConvolutionMethod.allCases.map(\.rawValue))) var convolution = ConvolutionMethod.winograd.rawValue

  @Option(help: "Threads to use; by default all processors, or as many as Slurm gave.") var threads: Int?

  func validate() throws {
    _ = try method()
    try Surroundings.check(threads: threads)
  }

  /// What the options name, with these kernels. Warns where the environment makes it slower than it could be.
  func backend(_ kernels: KernelChoice) throws -> CPUBackend {
    if let warning = Restart.warning(for: kernels) { Terminal.standard.complain("advgan-job: warning: \(warning)") }
    return CPUBackend(threads: threads ?? Surroundings.threads(), kernels: kernels, convolutions: try method())
  }

  private func method() throws -> ConvolutionMethod {
    guard let method = ConvolutionMethod(rawValue: convolution) else {
      throw ValidationError("--convolution must be winograd or exact, not '\(convolution)'")
    }
    return method
  }
}
