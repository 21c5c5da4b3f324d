import IO

/// Choices: one of several ways of doing something, each with settings of its own.
extension SettingsReader {
  /// The chosen one of `kinds`: `key: word`, or `key: {kind: word, …}` with its settings.
  /// - Parameters:
  ///   - kinds: types that conform to the protocol `Kind`, such as `[any Attack.Type]` where an `any Attack` is wanted.
  ///   - given: the type where none is named; nil where one must be named.
  ///   - defaults: defaults that hold here instead of the chosen type's own, by key: `["epsilon": "4/255"]`; `"adam.beta1"` holds for the
  ///     kind `adam` alone. Keys that the chosen type does not have are ignored.
  /// - Returns: an instance of the chosen type, as an existential or a common type of all `kinds`.
  public mutating func choose<Kind>(
    _ key: String, from kinds: [any Choice.Type], default given: (any Choice.Type)? = nil, defaults: [String: JSON] = [:],
    _ meaning: String = ""
  ) throws -> Kind {
    // What holds here in place of the default is read like what a job file says.
    let standard = self.defaults[key].map { SettingNode($0) }
    if case .describing = mode {
      let word = self.defaults[key].flatMap { $0.text ?? $0["kind"]?.text }
      let given = word.flatMap { word in kinds.first { $0.name == word } } ?? given
      return try describeChoice(key, from: kinds, type: "", default: given, isRequired: given == nil, defaults, meaning)
    }
    let node = node(key) ?? standard ?? SettingNode(value: .scalar("", plain: true), place: place)
    if node.isNothing, given == nil {
      let words = kinds.map { $0.name }.joined(separator: ", ")
      throw source.error("\(owner) lacks '\(key)': give one of \(words)", at: node.place)
    }
    let (value, resolved): (Kind, JSON) = try choose(node, "'\(key)'", from: kinds, default: given, defaults)
    remember(key, resolved)
    return value
  }

  /// A list of choices: `[fgsm, {kind: pgd, steps: 20}]`.
  /// - Parameter given: the types where the key is absent, each with its own defaults; nil where the list must be given.
  public mutating func chooseList<Kind>(
    _ key: String, from kinds: [any Choice.Type], default given: [any Choice.Type]? = nil, defaults: [String: JSON] = [:],
    _ meaning: String = ""
  ) throws -> [Kind] {
    if case .describing = mode {
      let list = "a list, each element "
      return [try describeChoice(key, from: kinds, type: list, default: given?.first, isRequired: given == nil, defaults, meaning)]
    }
    let elements: [SettingNode]
    switch (node(key), given) {
    case (let node?, _):
      guard case .list(let found) = node.value else {
        let words = kinds.map { $0.name }.joined(separator: ", ")
        throw source.error("'\(key)' in \(owner) must be a list, each element one of \(words), but is \(node.words)", at: node.place)
      }
      elements = found
    case (nil, let given?): elements = given.map { SettingNode(.string($0.name)) }
    case (nil, nil):
      throw source.error("\(owner) lacks '\(key)': give a list of \(kinds.map { $0.name }.joined(separator: ", "))", at: place)
    }
    let chosen: [(Kind, JSON)] = try elements.enumerated().map { index, element in
      try choose(element, "element \(index + 1) of '\(key)'", from: kinds, default: nil, defaults)
    }
    remember(key, .array(chosen.map(\.1)))
    return chosen.map(\.0)
  }

  /// - Parameter name: what the node is, for messages: `'loss'`.
  private func choose<Kind>(
    _ node: SettingNode, _ name: String, from kinds: [any Choice.Type], default given: (any Choice.Type)?, _ defaults: [String: JSON]
  ) throws -> (Kind, JSON) {
    let names = kinds.map { $0.name }
    var node = node
    switch node.value {
    case .mapping: break
    case .scalar where node.isNothing: node = SettingNode(value: .mapping([]), place: node.place)
    case .scalar(let text, _) where names.contains(text):
      let member = SettingNode.Member(key: "kind", place: node.place, node: node)
      node = SettingNode(value: .mapping([member]), place: node.place)
    case .scalar(let text, _):
      let hint = Suggestion.nearest(to: text, among: names).map { " (did you mean '\($0)'?)" } ?? ""
      throw source.error("\(name) in \(owner) must be one of \(names.joined(separator: ", ")), but is \(node.words)\(hint)", at: node.place)
    case .list:
      throw source.error("\(name) in \(owner) must be one of \(names.joined(separator: ", ")), but is \(node.words)", at: node.place)
    }
    let word = try SettingsReader(node, owner: "\(name) of \(owner)", in: source, mode: mode).kind(of: names, default: given?.name)
    return try read(node, owner: "\(name) of \(owner)", defaults: Self.defaults(defaults, of: word)) { reader in
      let word = try reader.choice("kind", of: names, default: given?.name)
      guard let type = kinds.first(where: { $0.name == word }), let value = try type.init(&reader) as? Kind else {
        preconditionFailure("SettingsReader.choose: '\(word)' is no \(Kind.self)")
      }
      return value
    }
  }

  /// The word after `kind`.
  private consuming func kind(of names: [String], default given: String?) throws -> String {
    var reader = self
    return try reader.choice("kind", of: names, default: given)
  }

  /// Those that hold for a kind: its own win over those of all.
  private static func defaults(_ all: [String: JSON], of kind: String) -> [String: JSON] {
    let own = all.compactMap { key, value in key.hasPrefix(kind + ".") ? (String(key.dropFirst(kind.count + 1)), value) : nil }
    return all.merging(own) { $1 }
  }

  /// Describes every one of `kinds`, and makes one with its defaults.
  private mutating func describeChoice<Kind>(
    _ key: String, from kinds: [any Choice.Type], type: String, default given: (any Choice.Type)?, isRequired: Bool,
    _ defaults: [String: JSON], _ meaning: String
  ) throws -> Kind {
    guard case .describing(let fixed, let path, let within) = mode else { preconditionFailure("this reader does not describe") }
    let names = kinds.map { $0.name }
    var setting = Setting(
      key, type: type + "one of \(names.joined(separator: ", "))", default: given.map { .string($0.name) }, isRequired: isRequired,
      meaning: meaning)
    var example: Kind?
    // A choice that offers itself (an ensemble of attacks) is described once.
    for kind in kinds where !within.contains(kind.name) {
      var reader = SettingsReader(
        describing: fixed, at: "\(path)\(key)=\(kind.name).", within: within + [kind.name], defaults: Self.defaults(defaults, of: kind.name))
      let value = try kind.init(&reader) as? Kind
      setting.kinds.append(Setting.Kind(name: kind.name, summary: kind.summary, settings: reader.described))
      if kind.name == given?.name || example == nil { example = value }
    }
    describe(setting)
    guard let example else { preconditionFailure("SettingsReader.choose: none of \(names) can be made for '\(key)'") }
    return example
  }
}

/// Nested mappings.
extension SettingsReader {
  /// A nested mapping, read by `body`; unknown keys in it are a mistake. Where it is absent, `body` reads an empty mapping, so
  /// that its defaults stand in one place.
  public mutating func section<Value>(_ key: String, _ meaning: String = "", _ body: (inout SettingsReader) throws -> Value) throws -> Value
  {
    if case .describing = mode { return try describeSection(key, "a mapping", meaning, body) }
    let node = node(key) ?? SettingNode(value: .mapping([]), place: place)
    let (value, resolved) = try read(node, owner: "'\(key)' of \(owner)", body)
    remember(key, resolved)
    return value
  }

  /// A nested mapping, or nil where it is absent or `null`.
  public mutating func optionalSection<Value>(
    _ key: String, _ meaning: String = "", _ body: (inout SettingsReader) throws -> Value
  ) throws -> Value? {
    if case .describing = mode {
      _ = try describeSection(key, "a mapping", meaning, body)
      return nil
    }
    guard let node = node(key), !node.isNothing else { return nil }
    let (value, resolved) = try read(node, owner: "'\(key)' of \(owner)", body)
    remember(key, resolved)
    return value
  }

  /// A list of mappings, each read by `body`; empty where it is absent.
  public mutating func sections<Value>(
    _ key: String, _ meaning: String = "", _ body: (inout SettingsReader) throws -> Value
  ) throws -> [Value] {
    if case .describing = mode {
      _ = try describeSection(key, "a list of mappings", meaning, body)
      return []
    }
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
    _ node: SettingNode, owner: String, defaults: [String: JSON] = [:], _ body: (inout SettingsReader) throws -> Value
  ) throws -> (Value, JSON) {
    let node = node.isNothing ? SettingNode(value: .mapping([]), place: node.place) : node
    var reader = try SettingsReader(node, owner: owner, in: source, mode: mode, defaults: defaults)
    let value = try body(&reader)
    try reader.finish()
    return (value, reader.resolved)
  }

  private mutating func describeSection<Value>(
    _ key: String, _ type: String, _ meaning: String, _ body: (inout SettingsReader) throws -> Value
  ) throws -> Value {
    guard case .describing(let fixed, let path, let within) = mode else { preconditionFailure("this reader does not describe") }
    var reader = SettingsReader(describing: fixed, at: "\(path)\(key).", within: within)
    defer {
      var setting = Setting(key, type: type, isRequired: false, meaning: meaning)
      setting.settings = reader.described
      describe(setting)
    }
    return try body(&reader)
  }
}
