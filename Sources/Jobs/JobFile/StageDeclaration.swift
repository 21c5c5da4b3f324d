import IO

/// A stage as the job file declares it, after its matrix was expanded.
struct StageDeclaration: Sendable {
  /// `finetune`, or `finetune@lambda=0.5` for one combination of a matrix.
  var name: String
  /// The name before the `@`.
  var group: String
  var place: JobFileError.Place?
  /// The word after `run:`.
  var kind: String
  var kindPlace: JobFileError.Place?
  var needs: [Need]
  var with: SettingNode
  var resources: Resources
  var checkpoint: CheckpointPolicy

  /// One role under `needs`, with the names as they were written.
  struct Need: Sendable {
    var role: String
    var place: JobFileError.Place?
    var names: [Name]
  }

  struct Name: Sendable {
    var text: String
    var place: JobFileError.Place?
  }
}

extension CheckpointPolicy {
  /// Reads `{every: 10min, keep: 2}`; what is absent stays as in `inherited`.
  init(_ settings: inout SettingsReader, inheriting inherited: CheckpointPolicy) throws(JobFileError) {
    let text = try settings.optionalText("every")
    guard let every = text.map(Self.seconds) ?? .some(inherited.every) else {
      throw settings.error(at: "every", "'every' must be a time such as 30s, 10min or 2h, but is '\(text ?? "")'")
    }
    self.every = every
    keep = try settings.optionalInteger("keep", in: 1...100) ?? inherited.keep
  }

  /// Seconds of `30s`, `10min` or `2h`; nil for anything else.
  static func seconds(_ text: String) -> Double? {
    for (unit, length) in [("min", 60.0), ("s", 1), ("h", 3600)] where text.hasSuffix(unit) {
      guard let count = Words.decimal(text.dropLast(unit.count).trimmingSuffix(" ")), count >= 0 else { return nil }
      return count * length
    }
    return nil
  }
}

extension Substring {
  fileprivate func trimmingSuffix(_ character: Character) -> String {
    var text = self
    while text.last == character { text.removeLast() }
    return String(text)
  }
}
