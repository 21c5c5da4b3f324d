import Jobs

/// `settings --json`.
struct SettingsDocument: Codable {
  struct Kind: Codable {
    let kind: String, summary: String, settings: [Entry]
  }

  struct Entry: Codable {
    let key: String
    /// The alternative that it is a setting of.
    @OrNull var of: String?
    let type: String, minimum: JSON, maximum: JSON, `default`: JSON
    let otherDefaults: [OtherDefault]
    let required: Bool, onlyWith: [String], entersFingerprint: Bool, meaning: String, words: [String]
  }

  struct OtherDefault: Codable {
    let with: String, `default`: JSON
  }

  let kinds: [Kind]
}

/// The settings of kinds of stages, for a terminal, as JSON and as the pages of `docs/settings.md`.
struct SettingsReport {
  let kinds: [any Stage.Type]

  var document: SettingsDocument {
    SettingsDocument(
      kinds: kinds.map { kind in
        .init(kind: kind.name, summary: kind.summary, settings: [Setting](of: kind).flatMap { Self.documents($0, below: "", of: nil) })
      })
  }

  /// One object a setting, nested ones under their dotted path.
  private static func documents(_ setting: Setting, below path: String, of kind: String?) -> [SettingsDocument.Entry] {
    let name = path + setting.key
    let entry = SettingsDocument.Entry(
      key: name, of: kind, type: setting.type, minimum: setting.minimum ?? .null, maximum: setting.maximum ?? .null,
      default: setting.default ?? .null,
      otherDefaults: setting.defaults.sorted { $0.key < $1.key }.map { .init(with: $0.key, default: $0.value) },
      required: setting.isRequired, onlyWith: setting.onlyWith, entersFingerprint: setting.entersFingerprint, meaning: setting.meaning,
      words: setting.words.isEmpty ? setting.kinds.map(\.name) : setting.words)
    return [entry] + setting.settings.flatMap { documents($0, below: name + ".", of: nil) }
      + setting.kinds.flatMap { kind in kind.settings.flatMap { documents($0, below: name + ".", of: kind.name) } }
  }

  /// A setting on a line, its type, range and meaning below it, folded to the window.
  func lines(columns: Int) -> [String] {
    kinds.enumerated().flatMap { number, kind in
      (number == 0 ? [] : [""]) + ["\(kind.name): \(kind.summary)"] + [Setting](of: kind).flatMap { Self.lines($0, indent: 2, columns) }
    }
  }

  private static func lines(_ setting: Setting, indent: Int, _ columns: Int) -> [String] {
    let space = String(repeating: " ", count: indent)
    let value = value(setting)
    var lines = [space + setting.key + (value.isEmpty ? "" : ": \(value)")]
    if !setting.onlyWith.isEmpty { lines += folded("only with \(setting.onlyWith.joined(separator: " or "))", indent: indent + 6, columns) }
    lines += folded("\(type(setting)); \(setting.meaning)", indent: indent + 6, columns)
    lines += setting.settings.flatMap { Self.lines($0, indent: indent + 4, columns) }
    for kind in setting.kinds {
      lines += folded("\(kind.name): \(kind.summary)", indent: indent + 4, columns)
      lines += kind.settings.flatMap { Self.lines($0, indent: indent + 8, columns) }
    }
    return lines
  }

  private static func folded(_ text: String, indent: Int, _ columns: Int) -> [String] {
    let width = max(columns - indent, 24)
    var lines = [""]
    for word in text.split(separator: " ") {
      if !lines[lines.count - 1].isEmpty, lines[lines.count - 1].count + word.count + 1 > width { lines.append("") }
      lines[lines.count - 1] += (lines[lines.count - 1].isEmpty ? "" : " ") + word
    }
    return lines.map { String(repeating: " ", count: indent) + $0 }
  }

  /// The default, those of other presets, or that there is none.
  private static func value(_ setting: Setting) -> String {
    if setting.isRequired { return "(required)" }
    let others = setting.defaults.sorted { $0.key < $1.key }.map { "\(words($0.value)) with \($0.key)" }
    let given = setting.default.map(words) ?? (setting.settings.isEmpty ? "(optional)" : nil)
    return ([given].compactMap(\.self) + others).joined(separator: ", ")
  }

  private static func type(_ setting: Setting) -> String { setting.type + setting.range }

  /// A value as a job file writes it.
  private static func words(_ value: JSON) -> String {
    if let elements = value.elements { return "[\(elements.map(words).joined(separator: ", "))]" }
    return value.text ?? value.canonical
  }
}

/// `docs/settings.md`.
extension SettingsReport {
  var markdown: [String] {
    let head = [
      "# Settings", "", "<!-- Made by `advgan-job settings --markdown`; a test compares. -->", "",
      "Settings stand under `with` of a stage. A choice such as `loss` is written `loss: split`, or `loss: {kind: split, ...}` with settings of its",
      "own, which are listed below it. Sizes on the [0, 1] pixel scale are fractions (`8/255`) or decimals. Settings that are marked † do not",
      "enter the stage's fingerprint: another value makes nothing stale. `advgan-job settings KIND` prints the same; `--json` for scripts.",
    ]
    return head
      + kinds.flatMap { kind in
        ["", "## \(kind.name)", Self.sentence(kind.summary), "", "| setting | type | default | meaning |", "|---|---|---|---|"]
          + [Setting](of: kind).flatMap { Self.rows($0, below: "", of: nil) }
      }
  }

  private static func rows(_ setting: Setting, below path: String, of kind: String?) -> [String] {
    let name = path + setting.key
    let conditions = [kind.map { "of `\($0)`" }, setting.onlyWith.isEmpty ? nil : "only with \(setting.onlyWith.map { "`\($0)`" }.joined(separator: " or "))"]
      .compactMap(\.self)
    let choices = setting.kinds.map { "`\($0.name)`: \($0.summary)" }.joined(separator: "; ")
    let meaning = (conditions.isEmpty ? "" : conditions.joined(separator: ", ") + ": ") + setting.meaning + (choices.isEmpty ? "" : ". \(choices)")
    let row =
      "| `\(name)`\(setting.entersFingerprint ? "" : " †") | \(escaped(type(setting))) | \(escaped(value(setting))) | \(escaped(meaning)) |"
    return [row] + setting.settings.flatMap { rows($0, below: name + ".", of: nil) }
      + setting.kinds.flatMap { kind in kind.settings.flatMap { rows($0, below: name + ".", of: kind.name) } }
  }

  private static func sentence(_ words: String) -> String { words.prefix(1).uppercased() + words.dropFirst() + "." }

  private static func escaped(_ text: String) -> String { text.replacing("|", with: "\\|").replacing("<", with: "&lt;") }
}
