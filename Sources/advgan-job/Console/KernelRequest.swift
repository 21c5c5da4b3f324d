import Glibc
import NN

/// Which kernels to compute by: those that somebody names, else the best that the processor can run.
struct KernelRequest {
  /// As ADVGAN_KERNELS has it; nil or empty for the best.
  let name: String?
  /// What this build holds, fastest first.
  let held: [KernelChoice]
  /// See ``KernelChoice/processorLevel``.
  let level: Int

  init(_ name: String?, among held: [KernelChoice] = KernelChoice.all, level: Int = KernelChoice.processorLevel) {
    self.name = name == "" ? nil : name
    (self.held, self.level) = (held, level)
  }

  /// Kernels for any processor are taken on request only where there are faster ones for newer processors of the kind: nobody
  /// should wait weeks without having been told.
  /// - Parameter processor: its model, for messages.
  func choice(on processor: String) throws(KernelError) -> KernelChoice {
    if let name { return try choice(named: name, processor) }
    if let best = runnable.first(where: { $0.level > 0 || level == 0 }) { return best }
    throw KernelError(isUsage: false, isOld ? old(processor) : foreign(processor))
  }

  private func choice(named name: String, _ processor: String) throws(KernelError) -> KernelChoice {
    guard let choice = held.first(where: { $0.key == name }) else {
      throw KernelError(
        isUsage: true,
        "ADVGAN_KERNELS names '\(name)', which is not in this build; expected \(Self.list(held)), or nothing for " + "the best of them")
    }
    if choice.level <= level { return choice }
    let advice = runnable.isEmpty ? foreign(processor) : "take \(Self.list(runnable)), or nothing for the best"
    throw KernelError(
      isUsage: true,
      "ADVGAN_KERNELS names '\(name)', which needs a processor with \(Self.feature(choice.level)), found one without (\(processor)); "
        + advice)
  }

  private var runnable: [KernelChoice] { held.filter { $0.level <= level } }

  /// Whether there is nothing for this processor but the kernels for any.
  private var isOld: Bool { !runnable.isEmpty }

  private func old(_ processor: String) -> String {
    "expected a processor with AVX2 and FMA (x86-64-v3), found one without (\(processor)); take another machine, "
      + "or set ADVGAN_KERNELS=\(runnable[0].key), which runs anywhere, slowly"
  }

  private func foreign(_ processor: String) -> String {
    "this build holds kernels for processors with \(Self.feature(held.map(\.level).min() ?? 0)) only (\(Self.list(held))), found one without "
      + "(\(processor)); build the program again without ADVGAN_MARCH"
  }

  private static func feature(_ level: Int) -> String { level >= 4 ? "AVX-512" : "AVX2 and FMA" }

  /// `avx512, avx2 or portable`.
  private static func list(_ choices: [KernelChoice]) -> String {
    let keys = choices.map(\.key)
    guard keys.count > 1, let last = keys.last else { return keys.first ?? "" }
    return keys.dropLast().joined(separator: ", ") + " or " + last
  }
}

/// There are no kernels to compute by: one sentence.
struct KernelError: Error, Equatable, CustomStringConvertible {
  /// Whether what was asked for is wrong, not the machine.
  let isUsage: Bool
  let description: String

  init(isUsage: Bool, _ sentence: String) {
    self.isUsage = isUsage
    description = sentence
  }
}

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
  static func warning(for kernels: KernelChoice) -> String? { warning(for: kernels, loaded: OpenBLASCore.loaded, variable: given) }

  private static var given: String? { getenv(variable).map { String(cString: $0) } }

  /// Returns where there is no need, and where the system refuses: then it is only slower.
  static func ifNeeded(for kernels: KernelChoice) {
    guard let core = coreType(for: kernels, loaded: OpenBLASCore.loaded, variable: given) else { return }
    setenv(variable, core, 1)
    execv("/proc/self/exe", CommandLine.unsafeArgv)
    unsetenv(variable)
  }
}
