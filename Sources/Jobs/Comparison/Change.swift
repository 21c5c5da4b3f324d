/// One thing that is otherwise on two sides.
public struct Change: Equatable, Sendable {
  public let key: String
  /// nil where a side does not have it.
  public let before: JSON?
  public let after: JSON?

  /// What differs, sorted by key.
  static func between(_ before: [String: JSON], _ after: [String: JSON]) -> [Change] {
    Set(before.keys).union(after.keys).sorted().compactMap { key in
      before[key] == after[key] ? nil : Change(key: key, before: before[key], after: after[key])
    }
  }
}
