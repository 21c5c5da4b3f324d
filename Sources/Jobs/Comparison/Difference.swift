import IO

/// How two artifacts, or an artifact and its stage as it would be now, differ.
public struct Difference: Sendable {
  /// The kind of stage and its version, under `run` and `version`.
  public let making: [Change]
  /// By dotted key.
  public let settings: [Change]
  /// Under `ROLE` where other stages are named, or in another order; under `ROLE: STAGE` where a stage's content is another. A content that
  /// is not known is null.
  public let inputs: [Change]
  /// Digests of external files, by the stage's own names.
  public let external: [Change]
  /// Sizes and digests by name: `{"bytes", "sha256"}`. Empty where a side's members are not known.
  public let members: [Change]
  /// Numbers that differ in members that both sides have; sums before what they are made of.
  public let figures: [Figure]

  /// A number that stands in a JSON member, or in the last line of a JSON Lines member.
  public struct Figure: Equatable, Sendable {
    public let member: String
    /// Where it stands: see ``JSON/numbers``.
    public let key: String
    /// nil where a side does not have it.
    public let before: Double?
    public let after: Double?
  }

  public var isEmpty: Bool { [making, settings, inputs, external, members].allSatisfy(\.isEmpty) }

  /// - Throws: ``FileError`` where a member cannot be read, or is damaged.
  public init(from before: ComparedSide, to after: ComparedSide) throws(FileError) {
    making = Change.between(
      ["run": .string(before.run), "version": .integer(before.version)], ["run": .string(after.run), "version": .integer(after.version)])
    settings = Change.between(before.settings.leaves, after.settings.leaves)
    inputs = Difference.inputs(before.inputs, after.inputs)
    external = Change.between(before.external.mapValues { .string($0.hex) }, after.external.mapValues { .string($0.hex) })
    guard let old = before.artifact, let new = after.artifact else {
      (members, figures) = ([], [])
      return
    }
    members = Change.between(Difference.members(of: old), Difference.members(of: new))
    var figures: [Figure] = []
    for change in members where change.before != nil && change.after != nil {
      figures += Difference.figures(
        change.key, try Difference.numbers(in: change.key, of: old), try Difference.numbers(in: change.key, of: new))
    }
    self.figures = figures
  }

  private typealias Inputs = [String: [(stage: String, content: Digest?)]]

  private static func inputs(_ before: Inputs, _ after: Inputs) -> [Change] {
    func names(_ inputs: Inputs) -> [String: JSON] {
      inputs.filter { !$0.value.isEmpty }.mapValues { .array($0.map { .string($0.stage) }) }
    }
    func contents(_ inputs: Inputs) -> [String: JSON] {
      inputs.reduce(into: [:]) { contents, role in
        for input in role.value { contents["\(role.key): \(input.stage)"] = input.content.map { .string($0.hex) } ?? .null }
      }
    }
    let (old, new) = (contents(before), contents(after))
    let both = Set(old.keys).intersection(new.keys)
    return Change.between(names(before), names(after)) + Change.between(old, new).filter { both.contains($0.key) }
  }

  private static func members(of artifact: Artifact) -> [String: JSON] {
    artifact.manifest.members.reduce(into: [:]) { $0[$1.name] = .object(["bytes": .integer($1.size), "sha256": .string($1.sha256.hex)]) }
  }

  private static func figures(_ member: String, _ before: [String: Double], _ after: [String: Double]) -> [Figure] {
    // The shallower, the more it says: sums before what they are made of.
    let keys = Set(before.keys).union(after.keys).sorted { ($0.count(where: \.isDivider), $0) < ($1.count(where: \.isDivider), $1) }
    return keys.compactMap { key in
      before[key] == after[key] ? nil : Figure(member: member, key: key, before: before[key], after: after[key])
    }
  }

  /// Larger members than this, in bytes, hold no figures for people.
  private static let largest = 1 << 24

  private static func numbers(in member: String, of artifact: Artifact) throws(FileError) -> [String: Double] {
    guard member.hasSuffix(".json") || member.hasSuffix(".jsonl"),
      let size = artifact.manifest.members.first(where: { $0.name == member })?.size, size <= largest
    else { return [:] }
    let bytes = try artifact.bytes(of: member)
    let text = member.hasSuffix(".json") ? bytes[...] : bytes.split(separator: UInt8(ascii: "\n")).last ?? []
    return (try? JSON(parsing: Array(text)))?.numbers ?? [:]
  }
}

extension Character {
  fileprivate var isDivider: Bool { self == "." || self == "[" }
}
