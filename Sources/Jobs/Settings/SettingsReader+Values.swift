import IO

/// Single values. Without a default a setting is required; the `optional…` ones are nil where the key is absent or `null`.
extension SettingsReader {
  /// A whole number within `range`.
  public mutating func integer(
    _ key: String, default: Int? = nil, in range: ClosedRange<Int> = .min ... .max
  ) throws(JobFileError) -> Int {
    try read(key, .integer(in: range), default: `default`)
  }

  /// A finite decimal number within `range`.
  public mutating func number(
    _ key: String, default: Double? = nil, in range: ClosedRange<Double> = -.infinity ... .infinity
  ) throws(JobFileError) -> Double {
    try read(key, .number(in: range), default: `default`)
  }

  /// A perturbation size on the [0, 1] pixel scale, written as a fraction (`8/255`) or a decimal; kept as `8/255` where that is shorter.
  public mutating func size(
    _ key: String, default: Double? = nil, in range: ClosedRange<Double> = 0...1
  ) throws(JobFileError) -> Double {
    try read(key, .size(in: range), default: `default`)
  }

  /// `true` or `false`.
  public mutating func flag(_ key: String, default: Bool? = nil) throws(JobFileError) -> Bool {
    try read(key, .flag, default: `default`)
  }

  /// Any text but an empty value.
  public mutating func text(_ key: String, default: String? = nil) throws(JobFileError) -> String {
    try read(key, .text, default: `default`)
  }

  /// A text of which several spellings mean the same: `meaning` says what it means, `spelling` how that is remembered, whatever was written.
  /// - Throws: what `meaning` says of it, at its place in the job file.
  public mutating func text<Meaning>(
    _ key: String, default: String? = nil, meaning: (String) throws(StageError) -> Meaning, spelling: (Meaning) -> String
  ) throws(JobFileError) -> Meaning {
    let text = try text(key, default: `default`)
    do throws(StageError) {
      let value = try meaning(text)
      remember(key, .string(spelling(value)))
      return value
    } catch {
      throw self.error(at: key, error.description)
    }
  }

  /// One of `words`, with a suggestion for a slip.
  public mutating func choice(_ key: String, of words: [String], default: String? = nil) throws(JobFileError) -> String {
    try rejectSlip(key, words)
    return try read(key, .choice(of: words), default: `default`)
  }

  /// A path relative to the working directory (after `-C`), like Make's. The path itself is not remembered in ``resolved``: a moved
  /// file makes nothing stale. Name it in the stage's `externalInputs` so that its content does.
  public mutating func path(_ key: String, default: FilePath? = nil) throws(JobFileError) -> FilePath {
    if let path = try optionalPath(key) ?? `default` { return path }
    guard isFromArtifact else { throw source.error("\(owner) lacks '\(key)': give a path", at: place) }
    return FilePath("")
  }

  /// A whole number within `range`, or nil.
  public mutating func optionalInteger(_ key: String, in range: ClosedRange<Int> = .min ... .max) throws(JobFileError) -> Int? {
    try isGiven(key) ? read(key, .integer(in: range)) : nil
  }

  /// A finite decimal number within `range`, or nil.
  public mutating func optionalNumber(
    _ key: String, in range: ClosedRange<Double> = -.infinity ... .infinity
  ) throws(JobFileError) -> Double? {
    try isGiven(key) ? read(key, .number(in: range)) : nil
  }

  /// A perturbation size on the [0, 1] pixel scale, or nil.
  public mutating func optionalSize(_ key: String, in range: ClosedRange<Double> = 0...1) throws(JobFileError) -> Double? {
    try isGiven(key) ? read(key, .size(in: range)) : nil
  }

  /// `true` or `false`, or nil.
  public mutating func optionalFlag(_ key: String) throws(JobFileError) -> Bool? {
    try isGiven(key) ? read(key, .flag) : nil
  }

  /// A text, or nil.
  public mutating func optionalText(_ key: String) throws(JobFileError) -> String? {
    try isGiven(key) ? read(key, .text) : nil
  }

  /// One of `words`, or nil.
  public mutating func optionalChoice(_ key: String, of words: [String]) throws(JobFileError) -> String? {
    guard isGiven(key) else { return nil }
    try rejectSlip(key, words)
    return try read(key, .choice(of: words))
  }

  /// A path as in ``path(_:default:)``, or nil.
  public mutating func optionalPath(_ key: String) throws(JobFileError) -> FilePath? {
    guard isGiven(key), let node = node(key) else { return nil }
    guard let text = SettingKind.text.read(node), !text.isEmpty else {
      throw source.error("'\(key)' in \(owner) must be a path, but is \(node.words)", at: node.place)
    }
    return FilePath(text)
  }

  /// Whether `key` was given a value; where not, it is remembered as asked for.
  mutating func isGiven(_ key: String) -> Bool {
    if let member = members.first(where: { $0.key == key }), !member.node.isNothing { return true }
    _ = node(key)
    return false
  }

  private func rejectSlip(_ key: String, _ words: [String]) throws(JobFileError) {
    guard let node = members.first(where: { $0.key == key })?.node, case .scalar(let text, _) = node.value, !words.contains(text),
      let nearest = Suggestion.nearest(to: text, among: words)
    else { return }
    throw source.error(
      "'\(key)' in \(owner) must be one of \(words.joined(separator: ", ")), but is \(node.words) (did you mean '\(nearest)'?)",
      at: node.place)
  }
}
