import IO

/// A job file as it stands, its matrices expanded; nothing in it was compared with the kinds of stages there are.
struct JobFile: Sendable {
  let source: SourceText
  let artifacts: FilePath
  let stages: [StageDeclaration]
  /// Targets with the names as they were written.
  let targets: [(name: String, stages: [StageDeclaration.Name])]

  /// The only `version` this program reads.
  static let version = 1

  /// - Parameters:
  ///   - text: the content of the file.
  ///   - file: the path as it was given, for messages; `artifacts` defaults to `artifacts/` and its stem.
  /// - Throws: ``JobFileError``.
  init(parsing text: String, file: FilePath) throws {
    source = SourceText(file: file.string, text: text)
    var reader = try SettingsReader(YAML.parse(source), owner: "the job file", in: source)
    let version = try reader.integer("version", in: 1 ... .max)
    guard version == JobFile.version else {
      throw reader.error(
        at: "version", "job files of version \(version) are not known to this program, which reads version \(JobFile.version)")
    }
    artifacts = try reader.path("artifacts", default: FilePath("artifacts").appending(file.stem ?? "job"))
    let policy =
      try reader.optionalSection("checkpoint") { try CheckpointPolicy(&$0, inheriting: CheckpointPolicy()) } ?? CheckpointPolicy()
    let resources = try reader.optionalSection("resources") { try Resources(&$0, inheriting: Resources()) } ?? Resources()
    stages = try JobFile.stages(reader.required("stages"), policy, resources, source)
    targets = try JobFile.targets(reader.node("targets"), source)
    try reader.finish()
  }

  private static func stages(
    _ node: SettingNode, _ policy: CheckpointPolicy, _ resources: Resources, _ source: SourceText
  ) throws -> [StageDeclaration] {
    guard case .mapping(let members) = node.value, !members.isEmpty else {
      throw source.error("'stages' must be a mapping from names to stages, but is \(node.words)", at: node.place)
    }
    let stages = try members.flatMap { try StageDeclaration.expand($0, policy, resources, in: source) }
    var seen: Set<String> = []
    guard stages.count <= Matrix.mostCombinations else {
      throw source.error("the job file has \(stages.count) stages; it may have \(Matrix.mostCombinations)", at: node.place)
    }
    if let stage = stages.first(where: { $0.name.utf8.count > StageName.longest }) {
      throw source.error(
        "'\(stage.name.prefix(60))...' is too long for the name of a stage, \(stage.name.utf8.count) bytes of \(StageName.longest): give the axes of its matrix shorter names "
          + "or values", at: stage.place)
    }
    for stage in stages where !seen.insert(stage.name).inserted {
      throw source.error("two combinations of a matrix are both named '\(stage.name)'", at: stage.place)
    }
    return stages
  }

  private static func targets(
    _ node: SettingNode?, _ source: SourceText
  ) throws(JobFileError) -> [(name: String, stages: [StageDeclaration.Name])] {
    guard let node, !node.isNothing else { return [] }
    guard case .mapping(let members) = node.value else {
      throw source.error("'targets' must be a mapping from names to lists of stages, but is \(node.words)", at: node.place)
    }
    var targets: [(name: String, stages: [StageDeclaration.Name])] = []
    for member in members {
      targets.append((member.key, try StageDeclaration.names(member.node, "target '\(member.key)'", in: source)))
    }
    return targets
  }
}

extension StageDeclaration {
  /// The stages that one entry under `stages` stands for: itself, or one for each combination of its matrix.
  static func expand(
    _ member: SettingNode.Member, _ policy: CheckpointPolicy, _ inherited: Resources, in source: SourceText
  ) throws -> [StageDeclaration] {
    let owner = "stage '\(member.key)'"
    guard StageName.isValid(member.key) else {
      throw source.error("'\(member.key)' is no name for a stage: use up to 60 letters, digits, '.', '_' and '-'", at: member.place)
    }
    var reader = try SettingsReader(member.node, owner: owner, in: source)
    let run = try reader.required("run")
    let kind = try reader.source.word(run, "'run' of \(owner)")
    let needs = reader.node("needs")
    let with = reader.node("with") ?? SettingNode(value: .mapping([]), place: member.place)
    let matrix = try Matrix(reader.node("matrix"), owner: owner, in: source)
    let resources = try reader.optionalSection("resources") { try Resources(&$0, inheriting: inherited) } ?? inherited
    let checkpoint = try reader.optionalSection("checkpoint") { try CheckpointPolicy(&$0, inheriting: policy) } ?? policy
    try reader.finish()
    guard member.key != Job.defaultTarget else {
      throw source.error("a stage cannot be called 'all', which stands for all stages", at: member.place)
    }
    if let axis = matrix.unused(in: [needs, with].compactMap(\.self)).first {
      throw source.error(
        "nothing in \(owner) names '${\(axis)}', so that its matrix would make equal stages: use it under 'with' or 'needs', or take it out",
        at: member.place)
    }
    return try matrix.combinations.map { combination in
      func replaced(_ node: SettingNode) throws -> SettingNode {
        matrix.axes.isEmpty ? node : try Matrix.replace(in: node, combination, owner: owner, in: source)
      }
      return StageDeclaration(
        name: matrix.name(member.key, combination), group: member.key, place: member.place, kind: kind, kindPlace: run.place,
        needs: try self.needs(needs.map(replaced), owner, in: source), with: try replaced(with), resources: resources,
        checkpoint: checkpoint)
    }
  }

  private static func needs(_ node: SettingNode?, _ owner: String, in source: SourceText) throws(JobFileError) -> [Need] {
    guard let node, !node.isNothing else { return [] }
    guard case .mapping(let members) = node.value else {
      throw source.error("'needs' of \(owner) must be a mapping from roles to stages, but is \(node.words)", at: node.place)
    }
    var needs: [Need] = []
    for member in members {
      needs.append(
        Need(role: member.key, place: member.place, names: try names(member.node, "'\(member.key)' in 'needs' of \(owner)", in: source)))
    }
    return needs
  }

  /// One name or a list of names.
  static func names(_ node: SettingNode, _ owner: String, in source: SourceText) throws(JobFileError) -> [Name] {
    guard case .list(let elements) = node.value else { return [Name(text: try source.word(node, owner), place: node.place)] }
    var names: [Name] = []
    for element in elements { names.append(Name(text: try source.word(element, owner), place: element.place)) }
    return names
  }
}

extension SettingsReader {
  /// The node under `key`, which must be there.
  fileprivate mutating func required(_ key: String) throws(JobFileError) -> SettingNode {
    guard let node = node(key) else { throw source.error("\(owner) lacks '\(key)'", at: place) }
    return node
  }
}

extension SourceText {
  /// The text of a scalar that names something.
  fileprivate func word(_ node: SettingNode, _ owner: String) throws(JobFileError) -> String {
    guard case .scalar(let text, _) = node.value, !node.isNothing else {
      throw error("\(owner) must be a name, but is \(node.words)", at: node.place)
    }
    return text
  }
}
