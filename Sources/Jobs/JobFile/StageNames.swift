/// What the names in `needs` and `targets` stand for: a stage, or all stages of a matrix.
struct StageNames {
  private let stages: Set<String>
  private let groups: [String: [String]]

  init(_ declared: [StageDeclaration]) {
    stages = Set(declared.map(\.name))
    groups = Dictionary(grouping: declared, by: \.group).mapValues { $0.map(\.name) }
  }

  /// The stages behind every role of a stage.
  func resolve(_ stage: StageDeclaration, _ roles: [InputRole], in source: SourceText) throws(JobFileError) -> [String: [String]] {
    var needs: [String: [String]] = [:]
    for need in stage.needs {
      guard let role = roles.first(where: { $0.name == need.role }) else {
        let hint = Suggestion.phrase(for: need.role, among: roles.map(\.name))
        throw source.error(
          "unknown role '\(need.role)' in 'needs' of stage '\(stage.name)', which runs '\(stage.kind)'\(hint)", at: need.place)
      }
      needs[need.role] = try names(need, of: stage, role, in: source)
    }
    for role in roles where role.isRequired && needs[role.name]?.isEmpty ?? true {
      let example = "needs: {\(role.name): \(role.isList ? "[STAGE, …]" : "STAGE")}"
      throw source.error("stage '\(stage.name)' runs '\(stage.kind)', which needs '\(role.name)': write \(example)", at: stage.place)
    }
    return needs
  }

  private func names(
    _ need: StageDeclaration.Need, of stage: StageDeclaration, _ role: InputRole, in source: SourceText
  ) throws(JobFileError) -> [String] {
    var found: [String] = []
    for name in need.names {
      let stages = try lookUp(name, "'\(need.role)' in 'needs' of stage '\(stage.name)'", in: source)
      guard role.isList || stages.count == 1 else {
        let choices = stages.joined(separator: ", ")
        throw source.error(
          "'\(need.role)' takes one stage, but '\(name.text)' is a matrix of \(stages.count): name one of \(choices)", at: name.place)
      }
      for stage in stages where found.contains(stage) {
        throw source.error("'\(need.role)' names the stage '\(stage)' twice", at: name.place)
      }
      found += stages
    }
    guard role.isList || found.count == 1 else {
      throw source.error("'\(need.role)' takes one stage, but \(found.count) are given", at: need.place)
    }
    return found
  }

  private func lookUp(_ name: StageDeclaration.Name, _ owner: String, in source: SourceText) throws(JobFileError) -> [String] {
    // `t@epsilon=8/255` is kept as `t@epsilon=8_255`.
    if let stage = [name.text, StageName.spelt(name.text)].first(where: stages.contains) { return [stage] }
    if let group = groups[name.text] { return group }
    let hint = Suggestion.phrase(for: name.text, among: stages.union(groups.keys).sorted())
    throw source.error("\(owner) names the stage '\(name.text)', which is not in this file\(hint)", at: name.place)
  }

  /// All names a person may type.
  func addingTargets(
    _ targets: [(name: String, stages: [StageDeclaration.Name])], in source: SourceText
  ) throws(JobFileError) -> [String: [String]] {
    var names = groups
    for stage in stages { names[stage] = [stage] }
    for target in targets {
      guard names[target.name] == nil else {
        throw source.error("the target '\(target.name)' has the name of a stage", at: target.stages.first?.place)
      }
      var found: [String] = []
      for name in target.stages { found += try lookUp(name, "target '\(target.name)'", in: source) }
      names[target.name] = found
    }
    return names
  }
}
