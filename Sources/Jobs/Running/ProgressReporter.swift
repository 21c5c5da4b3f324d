/// Where a stage says how far it is. Cheap enough to be called at every step; the receiver thins out.
public protocol ProgressReporter: Sendable {
  /// - Parameters:
  ///   - done: units done, from 0 to `total`; may start above 0 after a resume.
  ///   - unit: in the plural, such as `steps` or `images`.
  ///   - note: a few words, such as `loss 1.83`; may be empty.
  func report(_ done: Int, of total: Int, unit: String, note: String)
}

extension ProgressReporter {
  public func report(_ done: Int, of total: Int, unit: String) { report(done, of: total, unit: unit, note: "") }
}

/// Says nothing.
public struct NoProgress: ProgressReporter {
  public init() {}
  public func report(_ done: Int, of total: Int, unit: String, note: String) {}
}
