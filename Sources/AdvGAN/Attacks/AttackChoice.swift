import Jobs
import NN

/// An attack as a job file names it: `attack: pgd`, or `{kind: pgd, steps: 20, ...}`. One schema serves every stage and the command line.
public struct AttackChoice: Sendable {
  public let attack: any Attack
  public var norm: Norm { .linf }
  /// All its settings, for records: choices without settings of their own as plain words.
  let settings: [String: JSON]

  fileprivate init(_ attack: any Attack, _ resolved: JSON) {
    self.attack = attack
    settings = (resolved.members ?? [:]).mapValues { value in
      guard let members = value.members, members.count == 1, let word = members["kind"] else { return value }
      return word
    }
  }

  /// The farthest that it moves any value under a threat, where its own settings keep it from the edge of the ball.
  func reach(in threat: Threat) -> Epsilon? {
    let reach = attack.reach(in: threat)
    return reach < threat.radius ? reach : nil
  }

  /// What records and reports have of it.
  var record: AttackRecord { AttackRecord(settings.merging(["norm": .string(norm.rawValue)]) { given, _ in given }) }
}

/// An attack with the radius of its threat, as trainings use it.
struct TrainingAttack: Sendable {
  let choice: AttackChoice
  let threat: Threat

  /// Adversarial images; see ``Attack/images(_:_:_:_:check:)``.
  func images(_ batch: LabelledImages, _ classifier: any Classifier, _ stream: RandomStream, check: () throws -> Void) rethrows -> Tensor {
    try choice.attack.images(batch, classifier, threat, stream, check: check)
  }
}

extension SettingsReader {
  /// Reads an attack with its `epsilon`, or nil for `none`.
  /// - Parameters:
  ///   - defaults: values by key that hold here instead of the attack's own defaults; among them `epsilon`.
  ///   - isNone: whether the default is no attack.
  mutating func attack(_ key: String, defaults: [String: JSON], isNone: Bool = false, _ meaning: String) throws -> TrainingAttack? {
    let kinds = Attacks.all.map { withRadius($0) } + [NoAttack.self]
    let read: any AttackReader = try choose(key, from: kinds, default: isNone ? NoAttack.self : withRadius(PGD.self), defaults: defaults, meaning)
    guard let choice = read.choice, let radius = read.radius else { return nil }
    if radius.onUnitScale == 0 { throw error(at: key, "an 'epsilon' of 0 attacks nothing; say '\(key): none', or give a size") }
    return TrainingAttack(choice: choice, threat: Threat(choice.norm, radius: radius))
  }

  /// Reads a list of attacks, whose radii stand elsewhere.
  mutating func attacks(_ key: String, defaults: [String: JSON], _ meaning: String) throws -> [AttackChoice] {
    let kinds = Attacks.all.map { withoutRadius($0) }
    let read: [any AttackReader] = try chooseList(key, from: kinds, default: [withoutRadius(PGD.self)], defaults: defaults, meaning)
    return read.compactMap(\.choice)
  }
}

extension AttackChoice {
  /// Reads one attack out of the settings that an option of the command line has.
  /// - Parameter defaults: values by key that hold instead of the defaults of an attack that has such a setting.
  /// - Throws: ``JobFileError`` that names the option.
  public init(_ settings: [String: JSON], defaults: [String: JSON] = [:], option: String) throws {
    var reader = SettingsReader([option: .object(settings)], owner: "the command line")
    let read: any AttackReader = try reader.choose(option, from: Attacks.all.map { withoutRadius($0) }, defaults: defaults)
    guard let choice = read.choice else { preconditionFailure("AttackChoice: \(settings) is none") }
    self = choice
  }
}

/// What a job file may name where an attack is read.
private protocol AttackReader: Choice {
  var choice: AttackChoice? { get }
  var radius: Epsilon? { get }
}

private func withRadius<A: Attack>(_ type: A.Type) -> any Choice.Type { WithRadius<A>.self }
private func withoutRadius<A: Attack>(_ type: A.Type) -> any Choice.Type { WithoutRadius<A>.self }

private struct WithRadius<A: Attack>: AttackReader {
  static var name: String { A.name }
  static var summary: String { A.summary }
  let choice: AttackChoice?, radius: Epsilon?

  init(_ settings: inout SettingsReader) throws {
    radius = try settings.value("epsilon", default: Epsilon(onUnitScale: 8.0 / 255), "radius of the threat, on the [0, 1] pixel scale")
    choice = AttackChoice(try A(&settings), settings.resolved)
  }
}

private struct WithoutRadius<A: Attack>: AttackReader {
  static var name: String { A.name }
  static var summary: String { A.summary }
  let choice: AttackChoice?
  var radius: Epsilon? { nil }

  init(_ settings: inout SettingsReader) throws { choice = AttackChoice(try A(&settings), settings.resolved) }
}

private struct NoAttack: AttackReader {
  static let name = "none"
  static let summary = "images stay as they are"
  var choice: AttackChoice? { nil }
  var radius: Epsilon? { nil }

  init(_ settings: inout SettingsReader) {}
}
