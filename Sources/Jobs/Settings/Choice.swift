/// One of several ways of doing something (a loss, an attack, a schedule, ...), which reads and checks its own settings.
///
/// ```swift
/// struct Hinge: GANLoss {                       // protocol GANLoss: Choice
///   static let name = "hinge"
///   static let summary = "hinge loss (Lim and Ye 2017)"
///   init(_ settings: inout SettingsReader) throws { margin = try settings.number("margin", default: 1, in: 0...10, "distance from 0 ...") }
/// }
/// loss = try settings.choose("loss", from: GANLosses.all, default: Hinge.self, "what both players minimise")
/// ```
/// A job file writes `loss: {kind: hinge, margin: 2}`, or `loss: hinge`, which is short for `{kind: hinge}`.
public protocol Choice: Sendable {
  /// The word after `kind:`.
  static var name: String { get }

  /// One line on what it is, without a full stop.
  static var summary: String { get }

  /// Reads and checks its settings; their defaults stand here once. `kind` is read, and unknown keys are rejected, by the caller.
  init(_ settings: inout SettingsReader) throws
}

/// A value that a job file writes in a notation of its own, such as `8/255`.
public protocol SettingValue: Sendable {
  /// What is expected, for messages: `a fraction such as 8/255, or a number, from 0 to 1`.
  static var notation: String { get }

  /// Any valid value.
  static var example: Self { get }

  /// nil for text that is not in the notation, or out of range.
  init?(parsing text: String)

  /// The one spelling of equal values, which enters the fingerprint.
  var text: String { get }
}
