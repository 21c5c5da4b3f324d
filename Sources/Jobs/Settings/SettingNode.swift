/// One value as it stands in a job file (or in an artifact's manifest), with its place.
struct SettingNode: Sendable {
  var value: Value
  /// nil for values that come from a manifest or from a default.
  var place: JobFileError.Place?

  enum Value: Sendable {
    /// A scalar. `plain`: written without quotes, so that it may be a number, a flag or nothing.
    case scalar(String, plain: Bool)
    case list([SettingNode])
    case mapping([Member])
  }

  struct Member: Sendable {
    var key: String
    var place: JobFileError.Place?
    var node: SettingNode
  }

  static let emptyMapping = SettingNode(value: .mapping([]), place: nil)

  /// The values of a manifest as nodes without places.
  init(_ json: JSON) {
    place = nil
    switch json {
    case .null: value = .scalar("null", plain: true)
    case .bool(let flag): value = .scalar(String(flag), plain: true)
    case .integer(let whole): value = .scalar(String(whole), plain: true)
    case .number(let real): value = .scalar("\(real)", plain: true)
    case .string(let text): value = .scalar(text, plain: false)
    case .array(let elements): value = .list(elements.map(SettingNode.init))
    case .object(let members):
      value = .mapping(members.sorted { $0.key < $1.key }.map { Member(key: $0.key, place: nil, node: SettingNode($0.value)) })
    }
  }

  init(value: Value, place: JobFileError.Place?) { (self.value, self.place) = (value, place) }

  /// Nothing was written: an empty value, `~` or `null`.
  var isNothing: Bool {
    guard case .scalar(let text, plain: true) = value else { return false }
    return ["", "~", "null", "Null", "NULL"].contains(text)
  }

  /// What the value is, for messages: `'abc'`, `a list`, `a mapping`, `nothing`.
  var words: String {
    switch value {
    case .scalar(let text, let plain): isNothing ? "nothing" : plain ? "'\(text)'" : "the text \"\(text)\""
    case .list(let elements): elements.isEmpty ? "an empty list" : "a list"
    case .mapping(let members): members.isEmpty ? "an empty mapping" : "a mapping"
    }
  }
}
