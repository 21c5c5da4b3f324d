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

/// What one setting is: how the program describes it to people (`advgan-job settings`) and in `docs/settings.md`.
public struct Setting: Codable, Equatable, Sendable {
  /// Its key in the mapping where it stands.
  public var key: String
  /// `a whole number`, `one of resnet32, resnet64`, `a list, each element a text`.
  public var type: String
  /// The least and the greatest value of a number; nil where there is no such bound.
  public var minimum: JSON?, maximum: JSON?
  /// The value where none is given, as it enters the fingerprint; nil for required and optional settings, and where `settings` have their own.
  public var `default`: JSON?
  /// Defaults that depend on another setting: `{"preset: as-published": 200}`.
  public var defaults: [String: JSON]
  /// Whether a job file must give it.
  public var isRequired: Bool
  /// The values of other settings that it needs: `source: imagenet`.
  public var onlyWith: [String]
  /// Whether its value makes an artifact stale when it changes.
  public var entersFingerprint: Bool
  public var meaning: String
  /// The words that it takes, where it takes one of a few.
  public var words: [String]
  /// The alternatives of a ``Choice``, each with settings of its own.
  public var kinds: [Kind]
  /// The settings of a nested mapping, or of each mapping in a list.
  public var settings: [Setting]

  /// One alternative of a ``Choice``.
  public struct Kind: Codable, Equatable, Sendable {
    public var name: String
    public var summary: String
    public var settings: [Setting]
  }

  /// `from 1 to 1000`, or nothing.
  public var range: String { SettingRange.words(minimum?.real, maximum?.real) }

  private enum CodingKeys: String, CodingKey {
    case key, type, minimum, maximum, `default`, defaults, meaning, words, kinds, settings
    case isRequired = "required"
    case onlyWith = "only_with"
    case entersFingerprint = "enters_fingerprint"
  }

  init(_ key: String, type: String, default given: JSON? = nil, isRequired: Bool, meaning: String) {
    (self.key, self.type, self.default, self.isRequired, self.meaning) = (key, type, given, isRequired, meaning)
    (minimum, maximum, defaults, onlyWith, entersFingerprint, words, kinds, settings) = (nil, nil, [:], [], true, [], [], [])
  }
}

extension [Setting] {
  /// All settings that `read` asks for, without a job file: it is called with a reader that records what it is asked for and gives defaults,
  /// once for every value of every setting that takes one of a few words, since other settings may depend on it.
  init(askedForBy read: (inout SettingsReader) throws -> Void) {
    // A check that fails on made-up values of required settings says nothing of the settings.
    self = Self.described([:], known: []) { reader in try? read(&reader) }
  }

  /// - Parameters:
  ///   - fixed: values by dotted path that hold instead of the defaults.
  ///   - known: paths that need no variation, because a caller varies them.
  private static func described(_ fixed: [String: String], known: Set<String>, _ body: (inout SettingsReader) -> Void) -> [Setting] {
    var reader = SettingsReader(describing: fixed)
    body(&reader)
    var result = reader.described
    let choices = result.choices(below: "").filter { !known.contains($0.path) && fixed[$0.path] == nil }
    let all = known.union(choices.map(\.path))
    for choice in choices {
      let variants = choice.words.map { word in
        (label: "\(choice.path): \(word)", settings: described(fixed.merging([choice.path: word]) { $1 }, known: all, body))
      }
      result = result.merged(with: variants, first: choice.default.map { "\(choice.path): \($0)" } ?? variants[0].label)
    }
    return result
  }

  /// One meaning, or what it is with each value of the other setting where that differs.
  private static func meaning(_ own: String, _ variants: [(label: String, meaning: String)]) -> String {
    guard Set(variants.map(\.meaning)).count > 1 else { return own }
    return variants.map { "\($0.label): \($0.meaning)" }.joined(separator: "; ")
  }

  private func choices(below path: String) -> [(path: String, words: [String], default: String?)] {
    flatMap { setting in
      let own = path + setting.key
      let here = setting.words.isEmpty ? [] : [(path: own, words: setting.words, default: setting.default?.text)]
      return here + setting.settings.choices(below: own + ".") + setting.kinds.flatMap { $0.settings.choices(below: "\(own)=\($0.name).") }
    }
  }

  /// These settings, and what is different with each value of another setting: settings that are only there with some of its values,
  /// and defaults.
  /// - Parameter first: the label of the variant that these settings are.
  private func merged(with variants: [(label: String, settings: [Setting])], first: String) -> [Setting] {
    let strangers = variants.flatMap(\.settings).reduce(into: [Setting]()) { found, setting in
      if !(self + found).contains(where: { $0.key == setting.key }) { found.append(setting) }
    }
    return (self + strangers).map { setting in
      var setting = setting
      let present = variants.compactMap { label, settings in settings.first { $0.key == setting.key }.map { (label: label, setting: $0) } }
      if present.count < variants.count, setting.onlyWith.isEmpty { setting.onlyWith = present.map(\.label) }
      setting.meaning = Self.meaning(setting.meaning, present.map { ($0.label, $0.setting.meaning) })
      for (label, variant) in present where variant.default != setting.default && label != first {
        if let value = variant.default { setting.defaults[label] = value }
      }
      setting.settings = setting.settings.merged(with: present.map { ($0.label, $0.setting.settings) }, first: first)
      setting.kinds = setting.kinds.map { kind in
        let same = present.compactMap { label, variant in variant.kinds.first { $0.name == kind.name }.map { (label, $0.settings) } }
        return Setting.Kind(name: kind.name, summary: kind.summary, settings: kind.settings.merged(with: same, first: first))
      }
      return setting
    }
  }
}

/// Ranges in words.
enum SettingRange {
  /// ` from a to b`, ` of at least a`, ` of at most b`, or nothing where there are no bounds.
  static func words(_ least: Double?, _ most: Double?) -> String {
    func short(_ number: Double) -> String { JSON.real(number).canonical }
    return switch (least, most) {
    case (nil, nil): ""
    case (let least?, nil): " of at least \(short(least))"
    case (nil, let most?): " of at most \(short(most))"
    case (let least?, let most?): " from \(short(least)) to \(short(most))"
    }
  }
}
