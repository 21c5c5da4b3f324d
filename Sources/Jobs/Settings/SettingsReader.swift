import IO

/// Reads one mapping of settings, strictly.
///
/// Every key asked for is remembered with its resolved value, given or default, in ``resolved``; that value enters the stage's
/// fingerprint, so a default spelt out equals a default omitted, and the order of keys means nothing. ``finish()`` throws on
/// keys nobody asked for. All errors are ``JobFileError`` with the place in the job file.
///
/// ```swift
/// init(_ settings: inout SettingsReader) throws {
///   epochs = try settings.integer("epochs", default: 30, in: 1...10_000)
///   epsilon = try settings.size("epsilon", default: 8.0 / 255, in: 0...1)
///   attack = try settings.section("attack") { try Attack(&$0) }
/// }
/// ```
public struct SettingsReader: Sendable {
  let source: SourceText
  /// What the mapping belongs to, for messages: `stage 'finetune'`.
  let owner: String
  /// Where the mapping begins.
  let place: JobFileError.Place?
  let members: [SettingNode.Member]
  /// Read from an artifact: unknown keys are no mistake, and paths are not there.
  let isFromArtifact: Bool
  private(set) var asked: [String] = []
  private(set) var values: [String: JSON] = [:]

  /// Everything asked for so far, resolved, as a JSON object. Paths, and optional settings that were not given, are skipped.
  public var resolved: JSON { .object(values) }

  /// Re-reads how an artifact was made, from its manifest's `settings`.
  ///
  /// Keys that nobody asks for are no mistake here (``finish()`` does nothing), and ``path(_:default:)`` gives the empty path:
  /// paths are not kept in manifests.
  public init(resolved: JSON, of artifact: String) {
    let node = SettingNode(resolved)
    source = SourceText(file: artifact, text: "")
    owner = "the settings of \(artifact)"
    place = nil
    if case .mapping(let members) = node.value { self.members = members } else { members = [] }
    isFromArtifact = true
  }

  /// - Throws: where the node is no mapping.
  init(_ node: SettingNode, owner: String, in source: SourceText, isFromArtifact: Bool = false) throws(JobFileError) {
    guard case .mapping(let members) = node.value else {
      throw source.error("\(owner) must be a mapping, but is \(node.words)", at: node.place)
    }
    self.source = source
    self.owner = owner
    self.place = node.place
    self.members = members
    self.isFromArtifact = isFromArtifact
  }

  /// Throws on the first key that was given and never asked for, with the nearest known key.
  public func finish() throws(JobFileError) {
    guard !isFromArtifact, let unknown = members.first(where: { !asked.contains($0.key) }) else { return }
    throw source.error("unknown key '\(unknown.key)' in \(owner)\(Suggestion.phrase(for: unknown.key, among: asked))", at: unknown.place)
  }

  /// An error that points at the value of `key` (or at the whole mapping), for checks between settings that only the stage can make.
  /// - Parameter message: one sentence without a full stop.
  public func error(at key: String? = nil, _ message: String) -> JobFileError {
    let member = members.first { $0.key == key }
    return source.error(message, at: member?.node.place ?? member?.place ?? place)
  }

  /// The node under `key`, remembered as asked for.
  mutating func node(_ key: String) -> SettingNode? {
    precondition(!asked.contains(key), "SettingsReader: the key '\(key)' of \(owner) was asked for twice")
    asked.append(key)
    return members.first { $0.key == key }?.node
  }

  /// Remembers `value` as what `key` resolved to.
  mutating func remember(_ key: String, _ value: JSON) { values[key] = value }

  /// The value under `key`, or nil where it was not given.
  mutating func read<Value>(_ key: String, _ kind: SettingKind<Value>) throws(JobFileError) -> Value? {
    guard let node = node(key) else { return nil }
    guard let value = kind.read(node) else {
      var hint = ""
      if case .scalar(let text, false) = node.value, kind.read(SettingNode(value: .scalar(text, plain: true), place: nil)) != nil {
        hint = " (leave the quotes out)"
      }
      let culprit = kind.culprit(node)
      let found = culprit.place == node.place ? "is \(node.words)" : "one is \(culprit.words)"
      throw source.error("'\(key)' in \(owner) must be \(kind.words), but \(found)\(hint)", at: culprit.place)
    }
    remember(key, kind.canonical(value))
    return value
  }

  /// The value under `key`, else the default, else an error that says what is missing.
  mutating func read<Value>(_ key: String, _ kind: SettingKind<Value>, default: Value?) throws(JobFileError) -> Value {
    if let value = try read(key, kind) { return value }
    guard let value = `default` else { throw source.error("\(owner) lacks '\(key)': give \(kind.words)", at: place) }
    remember(key, kind.canonical(value))
    return value
  }
}
