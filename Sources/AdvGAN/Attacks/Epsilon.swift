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
    guard let value = Self.fraction(text), (0...1).contains(value) else { return nil }
    onUnitScale = value
  }

  /// The shorter of `n/255`, n a multiple of a quarter, and the decimal.
  public var text: String {
    let plain = Words.short(Self.snapped(onUnitScale))
    let steps = (onUnitScale * 1020).rounded() / 4
    guard Self.snapped(onUnitScale) == steps / 255 else { return plain }
    let fraction = "\(Words.short(steps))/255"
    return fraction.count < plain.count ? fraction : plain
  }

  public static let notation = "a size such as 8/255 or 0.03 from 0 to 1"

  public static let example = Epsilon(onUnitScale: 8.0 / 255)

  public static func < (a: Epsilon, b: Epsilon) -> Bool { a.onUnitScale < b.onUnitScale }

  /// `a/b` or a decimal. A value within 1e-12 of a quarter of 1/255 is that fraction exactly, so that both spellings are one value.
  private static func fraction(_ text: String) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { Words.decimal(String($0)) }
    guard parts.count <= 2, let over = parts[0], let under = parts.count == 2 ? parts[1] : 1, under > 0 else { return nil }
    return snapped(over / under)
  }

  private static func snapped(_ value: Double) -> Double {
    let steps = (value * 1020).rounded() / 4
    return abs(steps / 255 - value) <= 1e-12 ? steps / 255 : value
  }
}
