import Jobs

/// The size of a perturbation in the L-infinity norm, kept on the [0, 1] pixel scale (8/255 is the usual one).
public struct Epsilon: Hashable, Comparable, SettingValue {
  /// On the scale where black is 0 and white is 1.
  public let onUnitScale: Double

  public init(onUnitScale: Double) { self.onUnitScale = onUnitScale }

  /// On the scale of the networks and of the paper, where black is -1 and white is 1: twice as large.
  public var onPaperScale: Double { 2 * onUnitScale }

  /// Reads `8/255` or a decimal on the [0, 1] scale; nil for anything else and for numbers outside of it.
  public init?(parsing text: String) {
    guard let value = Words.fraction(text), (0...1).contains(value) else { return nil }
    onUnitScale = value
  }

  /// In 255ths where that is short (`8/255`), else as a decimal.
  public var text: String { Words.size(onUnitScale) }

  public static let notation = "a size such as 8/255 or 0.03 from 0 to 1"

  public static let example = Epsilon(onUnitScale: 8.0 / 255)

  public static func < (a: Epsilon, b: Epsilon) -> Bool { a.onUnitScale < b.onUnitScale }

  /// The usual step of an attack, 2.5 epsilon / steps (at most 1): the edge of the ball can be reached, and the way back
  /// (Madry et al.'s robustness library).
  public static func reachingStep(_ epsilon: Epsilon, steps: Int) -> Epsilon {
    Epsilon(onUnitScale: min(1, 2.5 * epsilon.onUnitScale / Double(max(steps, 1))))
  }
}
