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

  /// Returns where there is no need, and where the system refuses: then it is only slower.
  static func ifNeeded(for kernels: KernelChoice) {
    let given = getenv(variable).map { String(cString: $0) }
    guard let core = coreType(for: kernels, loaded: OpenBLASCore.loaded, variable: given) else { return }
    setenv(variable, core, 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    unsetenv(variable)
  }
}
