import NN
import Testing

extension KernelChoice {
  /// Those that this build holds and this processor can run.
  public static var runnable: [KernelChoice] { all.filter(\.isRunnable) }
}

extension KernelChoice: CustomTestStringConvertible {
  public var testDescription: String { key }
}
