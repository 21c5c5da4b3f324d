import IO

/// Lists and nested mappings.
extension SettingsReader {
  /// A list of whole numbers within `range`.
  public mutating func integers(
    _ key: String, default: [Int]? = nil, in range: ClosedRange<Int> = .min ... .max
  ) throws(JobFileError) -> [Int] {
    try read(key, SettingKind.integer(in: range).list, default: `default`)
  }

  /// A list of finite decimal numbers within `range`.
  public mutating func numbers(
    _ key: String, default: [Double]? = nil, in range: ClosedRange<Double> = -.infinity ... .infinity
  ) throws(JobFileError) -> [Double] {
    try read(key, SettingKind.number(in: range).list, default: `default`)
  }

  /// A list of finite decimal numbers within `range`, or nil.
  public mutating func optionalNumbers(
    _ key: String, in range: ClosedRange<Double> = -.infinity ... .infinity
  ) throws(JobFileError) -> [Double]? {
    try isGiven(key) ? read(key, SettingKind.number(in: range).list) : nil
  }

  /// A list of perturbation sizes on the [0, 1] pixel scale.
  public mutating func sizes(
    _ key: String, default: [Double]? = nil, in range: ClosedRange<Double> = 0...1
  ) throws(JobFileError) -> [Double] {
    try read(key, SettingKind.size(in: range).list, default: `default`)
  }

  /// A list of texts.
  public mutating func texts(_ key: String, default: [String]? = nil) throws(JobFileError) -> [String] {
    try read(key, SettingKind.text.list, default: `default`)
  }

  /// A list of texts, or nil.
  public mutating func optionalTexts(_ key: String) throws(JobFileError) -> [String]? {
    try isGiven(key) ? read(key, SettingKind.text.list) : nil
  }

  /// A list of words out of `words`.
  public mutating func choices(_ key: String, of words: [String], default: [String]? = nil) throws(JobFileError) -> [String] {
    try read(key, SettingKind.choice(of: words).list, default: `default`)
  }

  /// A nested mapping, read by `body`; unknown keys in it are a mistake. Where it is absent, `body` reads an empty mapping, so
  /// that its defaults stand in one place.
  public mutating func section<Value>(_ key: String, _ body: (inout SettingsReader) throws -> Value) throws -> Value {
    let node = node(key) ?? SettingNode(value: .mapping([]), place: place)
    let (value, resolved) = try read(node, owner: "'\(key)' of \(owner)", body)
    remember(key, resolved)
    return value
  }

  /// A nested mapping, or nil where it is absent or `null`.
  public mutating func optionalSection<Value>(_ key: String, _ body: (inout SettingsReader) throws -> Value) throws -> Value? {
    guard let node = node(key), !node.isNothing else { return nil }
    let (value, resolved) = try read(node, owner: "'\(key)' of \(owner)", body)
    remember(key, resolved)
    return value
  }

  /// A list of mappings, each read by `body`; empty where it is absent.
  public mutating func sections<Value>(_ key: String, _ body: (inout SettingsReader) throws -> Value) throws -> [Value] {
    guard let node = node(key) else {
      remember(key, .array([]))
      return []
    }
    guard case .list(let elements) = node.value else {
      throw source.error("'\(key)' in \(owner) must be a list of mappings, but is \(node.words)", at: node.place)
    }
    let read = try elements.enumerated().map { try self.read($1, owner: "element \($0 + 1) of '\(key)' of \(owner)", body) }
    remember(key, .array(read.map(\.1)))
    return read.map(\.0)
  }

  private func read<Value>(
    _ node: SettingNode, owner: String, _ body: (inout SettingsReader) throws -> Value
  ) throws -> (Value, JSON) {
    let node = node.isNothing ? SettingNode(value: .mapping([]), place: node.place) : node
    var reader = try SettingsReader(node, owner: owner, in: source, isFromArtifact: isFromArtifact)
    let value = try body(&reader)
    try reader.finish()
    return (value, reader.resolved)
  }
}
