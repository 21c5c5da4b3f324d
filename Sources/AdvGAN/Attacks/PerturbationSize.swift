/// The size of a perturbation in the L-infinity norm, kept on the [0, 1] pixel scale (8/255 is the usual one).
public struct PerturbationSize: Hashable, Comparable, Sendable {
  /// On the scale where black is 0 and white is 1.
  public let onUnitScale: Double

  public init(onUnitScale: Double) { self.onUnitScale = onUnitScale }

  /// On the scale of the networks and of the paper, where black is -1 and white is 1: twice as large.
  public var onPaperScale: Double { 2 * onUnitScale }

  /// In 255ths where that is a short number (`8/255`), else as a decimal.
  public var text: String {
    let steps = onUnitScale * 255
    if onUnitScale == 0 { return "0" }
    if abs(steps - steps.rounded()) < 1e-9 { return "\(Int(steps.rounded()))/255" }
    return "\(onUnitScale)"
  }

  public static func < (a: PerturbationSize, b: PerturbationSize) -> Bool { a.onUnitScale < b.onUnitScale }
}
