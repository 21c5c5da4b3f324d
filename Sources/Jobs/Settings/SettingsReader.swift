import IO

/// Reads one mapping of settings, strictly.
///
/// Every key asked for is recorded with its resolved value, given or default, in ``resolved``; that value enters the stage's
/// fingerprint, so a default spelt out equals a default omitted, and the order of keys does not matter. ``finish()`` throws on
/// keys that were not asked for. All errors are ``JobFileError`` with the place in the job file.
///
/// ```swift
/// init(_ settings: inout SettingsReader) throws {
///   epochs = try settings.integer("epochs", default: 30, in: 1...10_000, "passes over the training images")
///   augmentation = try settings.section("augmentation", "how training images are varied") { try Augmentation(&$0) }
///   loss = try settings.choose("loss", from: GANLosses.all, default: SplitLoss.self, "what both players minimise")
/// }
/// ```
/// The last argument of every method is the setting's meaning, one line without a full stop. A reader that *describes* reads nothing: it
/// records all settings that it is asked for, and gives their defaults (see `[Setting].init(of:)`).
public struct SettingsReader: Sendable {
  let source: SourceText
  /// What the mapping belongs to, for messages: `stage 'finetune'`.
  let owner: String
  /// Where the mapping begins.
  let place: JobFileError.Place?
  let members: [SettingNode.Member]
  let mode: Mode
  /// Values to use instead of the defaults that the caller of a method gives.
  let defaults: [String: JSON]
  private(set) var asked: [String] = []
  private(set) var values: [String: JSON] = [:]
  /// What was asked for, of a reader that describes.
  private(set) var described: [Setting] = []

  enum Mode: Sendable {
    case jobFile
    /// Unknown keys are no mistake, and paths are not there.
    case artifact
    /// `fixed`: values by dotted path that hold instead of the defaults. `path`: of this mapping, with a dot at its end. `within`: names of
    /// the choices around this mapping.
    case describing(fixed: [String: String], path: String, within: [String])
  }

  /// Everything asked for so far, resolved, as a JSON object, without what does not enter the fingerprint (paths, for example) and optional
  /// settings that were not given.
  public var resolved: JSON { .object(values) }

  /// Reads again how an artifact was made, from its manifest's `settings`.
  ///
  /// Keys that are not asked for are no mistake here (``finish()`` does nothing), and ``path(_:default:_:)`` gives the empty path:
  /// manifests hold no paths.
  public init(resolved: JSON, of artifact: String) {
    let node = SettingNode(resolved)
    let members: [SettingNode.Member] = if case .mapping(let members) = node.value { members } else { [] }
    self.init(members, owner: "the settings of \(artifact)", at: nil, in: SourceText(file: artifact, text: ""), mode: .artifact)
  }

  /// Reads settings that stand in no file, such as options of a command, as strictly as those of a job file.
  /// - Parameter owner: what they belong to; stands before every error.
  public init(_ settings: [String: JSON], owner: String) {
    let node = SettingNode(.object(settings))
    let members: [SettingNode.Member] = if case .mapping(let members) = node.value { members } else { [] }
    self.init(members, owner: owner, at: nil, in: SourceText(file: owner, text: ""), mode: .jobFile)
  }

  /// - Throws: where the node is no mapping.
  init(
    _ node: SettingNode, owner: String, in source: SourceText, mode: Mode = .jobFile, defaults: [String: JSON] = [:]
  ) throws(JobFileError) {
    guard case .mapping(let members) = node.value else {
      throw source.error("\(owner) must be a mapping, but is \(node.words)", at: node.place)
    }
    self.init(members, owner: owner, at: node.place, in: source, mode: mode, defaults: defaults)
  }

  /// Records what it is asked for.
  init(describing fixed: [String: String], at path: String = "", within: [String] = [], defaults: [String: JSON] = [:]) {
    self.init(
      [], owner: "the description", at: nil, in: SourceText(file: "", text: ""),
      mode: .describing(fixed: fixed, path: path, within: within), defaults: defaults)
  }

  private init(
    _ members: [SettingNode.Member], owner: String, at place: JobFileError.Place?, in source: SourceText, mode: Mode,
    defaults: [String: JSON] = [:]
  ) { (self.source, self.owner, self.place, self.members, self.mode, self.defaults) = (source, owner, place, members, mode, defaults) }

  /// Throws on the first key that was given and not asked for, with the nearest known key.
  public func finish() throws(JobFileError) {
    guard case .jobFile = mode, let unknown = members.first(where: { !asked.contains($0.key) }) else { return }
    throw source.error("unknown key '\(unknown.key)' in \(owner)\(Suggestion.phrase(for: unknown.key, among: asked))", at: unknown.place)
  }

  /// An error that points at the value of `key` (or at the whole mapping), for checks between settings that only the stage can make.
  /// - Parameter message: one sentence without a full stop.
  public func error(at key: String? = nil, _ message: String) -> JobFileError {
    let member = members.first { $0.key == key }
    return source.error(message, at: member?.node.place ?? member?.place ?? place)
  }

  /// The node under `key`, which counts as asked for.
  mutating func node(_ key: String) -> SettingNode? {
    precondition(!asked.contains(key), "SettingsReader: the key '\(key)' of \(owner) was asked for twice")
    asked.append(key)
    return members.first { $0.key == key }?.node
  }

  /// Records `value` as what `key` resolved to.
  mutating func remember(_ key: String, _ value: JSON) { values[key] = value }

  mutating func describe(_ setting: Setting) {
    precondition(!asked.contains(setting.key), "SettingsReader: the key '\(setting.key)' was asked for twice")
    asked.append(setting.key)
    described.append(setting)
  }
}

extension SettingsReader {
  var isDescribing: Bool { if case .describing = mode { true } else { false } }

  /// The value under `key`, else the default, else an error that says what is missing.
  mutating func read<Value>(
    _ key: String, _ kind: SettingKind<Value>, default given: Value?, _ meaning: String, entersFingerprint: Bool = true
  ) throws(JobFileError) -> Value {
    var standard = given
    if let json = defaults[key] { standard = try valueOf(SettingNode(json), key, kind) }
    if case .describing = mode {
      describe(key, kind, default: standard, isRequired: standard == nil, meaning, entersFingerprint)
      return fixed(key, kind) ?? standard ?? kind.example
    }
    if let node = node(key) { return try remembered(valueOf(node, key, kind), key, kind, entersFingerprint) }
    guard let standard else { throw source.error("\(owner) lacks '\(key)': give \(kind.words)", at: place) }
    return remembered(standard, key, kind, entersFingerprint)
  }

  /// The value under `key`, or nil where it is absent or `null`.
  mutating func readOptional<Value>(
    _ key: String, _ kind: SettingKind<Value>, _ meaning: String, entersFingerprint: Bool = true
  ) throws(JobFileError) -> Value? {
    if case .describing = mode {
      describe(key, kind, default: nil, isRequired: false, meaning, entersFingerprint)
      return fixed(key, kind)
    }
    guard let node = node(key), !node.isNothing else { return nil }
    return try remembered(valueOf(node, key, kind), key, kind, entersFingerprint)
  }

  private mutating func remembered<Value>(_ value: Value, _ key: String, _ kind: SettingKind<Value>, _ entersFingerprint: Bool) -> Value {
    if entersFingerprint { remember(key, kind.canonical(value)) }
    return value
  }

  /// - Throws: an error that says what was expected, what was found, and what was probably meant.
  private func valueOf<Value>(_ node: SettingNode, _ key: String, _ kind: SettingKind<Value>) throws(JobFileError) -> Value {
    if let value = kind.read(node) { return value }
    let culprit = kind.culprit(node)
    let found = culprit.place == node.place ? "is \(node.words)" : "one is \(culprit.words)"
    var hint = ""
    if case .scalar(let text, let plain) = culprit.value {
      if let nearest = Suggestion.nearest(to: text, among: kind.known) { hint = " (did you mean '\(nearest)'?)" }
      if !plain, kind.read(SettingNode(value: .scalar(text, plain: true), place: nil)) != nil { hint = " (remove the quotes)" }
    }
    throw source.error("'\(key)' in \(owner) must be \(kind.words), but \(found)\(hint)", at: culprit.place)
  }

  private func fixed<Value>(_ key: String, _ kind: SettingKind<Value>) -> Value? {
    guard case .describing(let fixed, let path, _) = mode, let word = fixed[path + key] else { return nil }
    return kind.read(SettingNode(.string(word)))
  }

  private mutating func describe<Value>(
    _ key: String, _ kind: SettingKind<Value>, default given: Value?, isRequired: Bool, _ meaning: String, _ entersFingerprint: Bool
  ) {
    var setting = Setting(key, type: kind.type, default: given.map(kind.canonical), isRequired: isRequired, meaning: meaning)
    (setting.minimum, setting.maximum) = (kind.minimum.map(JSON.real), kind.maximum.map(JSON.real))
    setting.words = kind.isOneWord ? kind.known : []
    setting.entersFingerprint = entersFingerprint
    describe(setting)
  }
}
