import IO

/// Single values. Without a default a setting is required; the `optional…` ones are nil where the key is absent or `null`.
extension SettingsReader {
  /// A whole number within `range`.
  public mutating func integer(
    _ key: String, default given: Int? = nil, in range: ClosedRange<Int> = .min ... .max, _ meaning: String = ""
  ) throws(JobFileError) -> Int {
    try read(key, .integer(in: range), default: given, meaning)
  }

  /// A whole number within `range`, or nil.
  public mutating func optionalInteger(
    _ key: String, in range: ClosedRange<Int> = .min ... .max, _ meaning: String = ""
  ) throws(JobFileError) -> Int? {
    try readOptional(key, .integer(in: range), meaning)
  }

  /// A finite decimal number within `range`.
  public mutating func number(
    _ key: String, default given: Double? = nil, in range: ClosedRange<Double> = -.infinity ... .infinity, _ meaning: String = ""
  ) throws(JobFileError) -> Double { try read(key, .number(in: range), default: given, meaning) }

  /// A finite decimal number within `range`, or nil.
  public mutating func optionalNumber(
    _ key: String, in range: ClosedRange<Double> = -.infinity ... .infinity, _ meaning: String = ""
  ) throws(JobFileError) -> Double? {
    try readOptional(key, .number(in: range), meaning)
  }

  /// `true` or `false`.
  public mutating func flag(_ key: String, default given: Bool? = nil, _ meaning: String = "") throws(JobFileError) -> Bool {
    try read(key, .flag, default: given, meaning)
  }

  /// `true` or `false`, or nil.
  public mutating func optionalFlag(_ key: String, _ meaning: String = "") throws(JobFileError) -> Bool? {
    try readOptional(key, .flag, meaning)
  }

  /// Any text but an empty value.
  public mutating func text(_ key: String, default given: String? = nil, _ meaning: String = "") throws(JobFileError) -> String {
    try read(key, .text, default: given, meaning)
  }

  /// A text, or nil.
  /// - Parameter entersFingerprint: false for what cannot change the result, such as a checksum: another value makes nothing stale.
  public mutating func optionalText(_ key: String, entersFingerprint: Bool = true, _ meaning: String = "") throws(JobFileError) -> String? {
    try readOptional(key, .text, meaning, entersFingerprint: entersFingerprint)
  }

  /// A text of which several spellings mean the same: `parse` says what it means, `spelling` how that is recorded, however it was written.
  /// - Throws: what `parse` says of it, at its place in the job file.
  public mutating func text<Meaning>(
    _ key: String, default given: String? = nil, _ meaning: String = "", meaning parse: (String) throws(StageError) -> Meaning,
    spelling: (Meaning) -> String
  ) throws(JobFileError) -> Meaning {
    let text = try text(key, default: given, meaning)
    do throws(StageError) {
      let value = try parse(text)
      if !isDescribing { remember(key, .string(spelling(value))) }
      return value
    } catch {
      throw self.error(at: key, error.description)
    }
  }

  /// A value in a notation of its own, such as `8/255`.
  public mutating func value<Value: SettingValue>(
    _ key: String, default given: Value? = nil, _ meaning: String = ""
  ) throws(JobFileError) -> Value {
    try read(key, .notation, default: given, meaning)
  }

  /// One of `words`, with a suggestion for a slip.
  public mutating func choice(
    _ key: String, of words: [String], default given: String? = nil, _ meaning: String = ""
  ) throws(JobFileError) -> String {
    try read(key, .choice(of: words), default: given, meaning)
  }

  /// One of `words`, or nil.
  public mutating func optionalChoice(_ key: String, of words: [String], _ meaning: String = "") throws(JobFileError) -> String? {
    try readOptional(key, .choice(of: words), meaning)
  }

  /// One of the cases of an enumeration, by its raw value: `noise = try settings.choice("noise", default: .dequantise, "…")`.
  public mutating func choice<Word: RawRepresentable<String> & CaseIterable>(
    _ key: String, default given: Word? = nil, _ meaning: String = ""
  ) throws(JobFileError) -> Word {
    let word = try choice(key, of: Word.allCases.map(\.rawValue), default: given?.rawValue, meaning)
    guard let value = Word(rawValue: word) else { preconditionFailure("SettingsReader.choice: \(Word.self) has no case '\(word)'") }
    return value
  }

  /// A path relative to the working directory (after `-C`), like Make's. It does not enter the fingerprint: a moved file makes nothing
  /// stale. Name it in the stage's `externalInputs` so that its content does.
  public mutating func path(_ key: String, default given: FilePath? = nil, _ meaning: String = "") throws(JobFileError) -> FilePath {
    let standard: String? = if case .artifact = mode { given?.string ?? "" } else { given?.string }
    return try usable(try read(key, .path, default: standard, meaning, entersFingerprint: false), key)
  }

  /// A path as in ``path(_:default:_:)``, or nil.
  public mutating func optionalPath(_ key: String, _ meaning: String = "") throws(JobFileError) -> FilePath? {
    guard let text = try readOptional(key, .path, meaning, entersFingerprint: false) else { return nil }
    return try usable(text, key)
  }

  /// A path would end at a NUL, and mean another file; `~` stands for the home folder in a shell alone.
  private func usable(_ text: String, _ key: String) throws(JobFileError) -> FilePath {
    if text.unicodeScalars.contains("\0") { throw error(at: key, "'\(key)' holds a NUL character, which no path may") }
    if text == "~" || text.hasPrefix("~/") {
      throw error(at: key, "'\(key)' begins with '~', which only a shell replaces by the home folder: write the folder's whole path")
    }
    return FilePath(text)
  }
}

/// Lists.
extension SettingsReader {
  /// A list of whole numbers within `range`.
  public mutating func integers(
    _ key: String, default given: [Int]? = nil, in range: ClosedRange<Int> = .min ... .max, _ meaning: String = ""
  ) throws(JobFileError) -> [Int] { try read(key, SettingKind.integer(in: range).list, default: given, meaning) }

  /// A list of finite decimal numbers within `range`.
  public mutating func numbers(
    _ key: String, default given: [Double]? = nil, in range: ClosedRange<Double> = -.infinity ... .infinity, _ meaning: String = ""
  ) throws(JobFileError) -> [Double] { try read(key, SettingKind.number(in: range).list, default: given, meaning) }

  /// A list of finite decimal numbers within `range`, or nil.
  public mutating func optionalNumbers(
    _ key: String, in range: ClosedRange<Double> = -.infinity ... .infinity, _ meaning: String = ""
  ) throws(JobFileError) -> [Double]? {
    try readOptional(key, SettingKind.number(in: range).list, meaning)
  }

  /// A list of texts.
  public mutating func texts(_ key: String, default given: [String]? = nil, _ meaning: String = "") throws(JobFileError) -> [String] {
    try read(key, SettingKind.text.list, default: given, meaning)
  }

  /// A list of texts, or nil.
  public mutating func optionalTexts(_ key: String, _ meaning: String = "") throws(JobFileError) -> [String]? {
    try readOptional(key, SettingKind.text.list, meaning)
  }

  /// A list of values in a notation of their own, such as `[2/255, 8/255]`.
  public mutating func values<Value: SettingValue>(
    _ key: String, default given: [Value]? = nil, _ meaning: String = ""
  ) throws(JobFileError) -> [Value] {
    try read(key, SettingKind<Value>.notation.list, default: given, meaning)
  }

  /// A list of words out of `words`.
  public mutating func choices(
    _ key: String, of words: [String], default given: [String]? = nil, _ meaning: String = ""
  ) throws(JobFileError) -> [String] {
    try read(key, SettingKind.choice(of: words).list, default: given, meaning)
  }
}
