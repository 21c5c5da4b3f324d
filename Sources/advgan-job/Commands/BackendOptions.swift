import ArgumentParser
import NN

/// The options that say how the arithmetic is done.
struct BackendOptions: ParsableArguments {
  @Option(
    help: "How 3 x 3 convolutions are computed: \(ConvolutionMethod.allCases.map(\.rawValue).joined(separator: ", ")).",
    completion: .list(ConvolutionMethod.allCases.map(\.rawValue)))
  var convolution = ConvolutionMethod.winograd.rawValue

  @Option(help: "Threads to use; by default all processors, or as many as Slurm gave.")
  var threads: Int?

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
