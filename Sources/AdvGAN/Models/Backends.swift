import Jobs
import NN

extension Workspace {
  /// The arithmetic of a stage: on the threads and by the kernels that it was given.
  /// - Throws: ``StageError`` where this build holds no such kernels.
  func backend(_ convolutions: ConvolutionMethod) throws(StageError) -> any Backend {
    guard let name = kernels else { return CPUBackend(threads: threads, convolutions: convolutions) }
    guard let kernels = KernelChoice.named(name) else {
      throw StageError("there are no kernels '\(name)' in this build; known: \(KernelChoice.all.map(\.key).joined(separator: ", "))")
    }
    return CPUBackend(threads: threads, kernels: kernels, convolutions: convolutions)
  }
}

extension ConvolutionMethod {
  /// Reads `convolution`: how 3 x 3 convolutions are computed.
  init(_ settings: inout SettingsReader) throws {
    self = try settings.choice("convolution", default: .winograd, "how 3 x 3 convolutions are computed")
  }
}
