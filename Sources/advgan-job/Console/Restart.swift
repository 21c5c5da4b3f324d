import Glibc
import NN

/// Begins the program again, in the same process and with the same arguments, where OpenBLAS would not use the instructions of the
/// chosen kernels: it reads OPENBLAS_CORETYPE when it is loaded, before a line of this program runs.
enum Restart {
  static let variable = "OPENBLAS_CORETYPE"

  /// What to set the variable to; nil to go on. Where it is set already, by a person or by the first start, it is left alone, so that
  /// there is one restart at most.
  static func coreType(for kernels: KernelChoice, loaded: String, variable given: String?) -> String? {
    given == nil ? OpenBLASCore.wanted(for: kernels, loaded: loaded) : nil
  }

  /// What a person who has set the variable is told where the kernels would have OpenBLAS compute for another processor; nil where they
  /// go together.
  static func warning(for kernels: KernelChoice, loaded: String, variable given: String?) -> String? {
    guard let given, let wanted = OpenBLASCore.wanted(for: kernels, loaded: loaded) else { return nil }
    let cost =
      kernels.key == "portable"
      ? "results may differ in their low bits from those of other machines" : "linear layers and some convolutions are slower"
    return "\(variable)=\(given) makes OpenBLAS compute for \(loaded), but the \(kernels.key) kernels go with \(wanted): \(cost); "
      + "unset \(variable) to let the program choose"
  }

  /// The same of this process.
  static func warning(for kernels: KernelChoice) -> String? {
    warning(for: kernels, loaded: OpenBLASCore.loaded, variable: given)
  }

  private static var given: String? { getenv(variable).map { String(cString: $0) } }

  /// Returns where there is no need, and where the system refuses: then it is only slower.
  static func ifNeeded(for kernels: KernelChoice) {
    guard let core = coreType(for: kernels, loaded: OpenBLASCore.loaded, variable: given) else { return }
    setenv(variable, core, 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    unsetenv(variable)
  }
}
