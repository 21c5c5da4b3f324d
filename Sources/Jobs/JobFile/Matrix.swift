/// The combinations of a stage's `matrix`, and the `${name}` they stand for.
struct Matrix {
  /// Axes by name, sorted, so that the order in the file names nothing differently.
  let axes: [(name: String, values: [SettingNode])]

  /// One combination: values by axis name.
  typealias Combination = [String: SettingNode]

  /// Reads `{lambda: [0, 0.5], width: [16, 64]}`.
  init(_ node: SettingNode?, owner: String, in source: SourceText) throws(JobFileError) {
    guard let node, !node.isNothing else {
      axes = []
      return
    }
    guard case .mapping(let members) = node.value else {
      throw source.error("'matrix' of \(owner) must be a mapping of lists, but is \(node.words)", at: node.place)
    }
    var axes: [(name: String, values: [SettingNode])] = []
    for member in members.sorted(by: { $0.key < $1.key }) {
      guard case .list(let values) = member.node.value, !values.isEmpty else {
        throw source.error(
          "'\(member.key)' in the matrix of \(owner) must be a list of values, but is \(member.node.words)", at: member.node.place)
      }
      for value in values {
        guard case .scalar = value.value else {
          throw source.error("a value in the matrix of \(owner) must be a number or a text, but is \(value.words)", at: value.place)
        }
      }
      axes.append((member.key, values))
    }
    self.axes = axes
    let count = axes.reduce(1) { product, axis in
      let (more, isTooLarge) = product.multipliedReportingOverflow(by: axis.values.count)
      return isTooLarge ? .max : more
    }
    guard count <= Self.mostCombinations else {
      throw source.error(
        "the matrix of \(owner) has \(count == .max ? "countless" : "\(count)") combinations; a matrix may have \(Self.mostCombinations)",
        at: node.place)
    }
  }

  /// The most stages that one matrix makes.
  static let mostCombinations = 10_000

  /// All combinations, the last axis running fastest; one empty combination where there are no axes.
  var combinations: [Combination] {
    axes.reduce([[:]]) { combinations, axis in
      combinations.flatMap { combination in axis.values.map { combination.merging([axis.name: $0]) { $1 } } }
    }
  }

  /// `finetune@lambda=0.5,width=64`; characters that do not belong in a file's name become `_`.
  func name(_ group: String, _ combination: Combination) -> String {
    guard !axes.isEmpty else { return group }
    let parts = axes.map { "\($0.name)=\(Matrix.text(combination[$0.name]))" }
    return StageName.spelt("\(group)@\(parts.joined(separator: ","))")
  }

  /// `node` with every `${name}` replaced. A scalar that is `${name}` and nothing else takes the value's kind with it.
  static func replace(
    in node: SettingNode, _ combination: Combination, owner: String, in source: SourceText
  ) throws(JobFileError) -> SettingNode {
    var result = node
    switch node.value {
    case .scalar(let text, let plain): result.value = try replace(in: text, plain, combination, owner, at: node.place, in: source)
    case .list(let elements):
      var replaced: [SettingNode] = []
      for element in elements { replaced.append(try replace(in: element, combination, owner: owner, in: source)) }
      result.value = .list(replaced)
    case .mapping(var members):
      for index in members.indices {
        members[index].node = try replace(in: members[index].node, combination, owner: owner, in: source)
      }
      result.value = .mapping(members)
    }
    return result
  }

  private static func replace(
    in text: String, _ plain: Bool, _ combination: Combination, _ owner: String, at place: JobFileError.Place?, in source: SourceText
  ) throws(JobFileError) -> SettingNode.Value {
    // Most texts hold no placeholder, and a pattern is dear to compile.
    guard text.contains("${") else { return .scalar(text, plain: plain) }
    var result = ""
    var rest = text[...]
    while let match = rest.firstMatch(of: /\$\{([^}]*)\}/) {
      let name = String(match.output.1)
      guard let value = combination[name] else {
        let known = Suggestion.phrase(for: name, among: combination.keys.sorted())
        throw source.error("'${\(name)}' is not in the matrix of \(owner)\(known)", at: place)
      }
      if match.output.0.count == text.count { return value.value }
      result += rest[..<match.range.lowerBound] + Matrix.text(value)
      rest = rest[match.range.upperBound...]
    }
    return .scalar(result + rest, plain: plain)
  }

  /// The axes that nothing in `nodes` names.
  func unused(in nodes: [SettingNode]) -> [String] {
    axes.map(\.name).filter { axis in !nodes.contains { $0.mentions("${\(axis)}") } }
  }

  private static func text(_ node: SettingNode?) -> String {
    guard case .scalar(let text, _) = node?.value else { return "" }
    return text
  }
}

extension SettingNode {
  /// Whether some text in it has these words.
  fileprivate func mentions(_ words: String) -> Bool {
    switch value {
    case .scalar(let text, _): text.contains(words)
    case .list(let elements): elements.contains { $0.mentions(words) }
    case .mapping(let members): members.contains { $0.node.mentions(words) }
    }
  }
}

/// The rule for names of stages: they become names of files.
enum StageName {
  /// The longest name of one combination: names of files have 255 bytes, of which temporary names need some.
  static let longest = 180

  /// The name of a combination as it is kept: behind the `@`, characters that do not belong in a file's name are `_`.
  static func spelt(_ name: String) -> String {
    guard let mark = name.firstIndex(of: "@") else { return name }
    return name[...mark] + String(name[name.index(after: mark)...].map { isAllowedInCombination($0) ? $0 : "_" })
  }

  static func isAllowed(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "._-".contains(character))
  }

  /// What may stand behind the `@` of a stage of a matrix.
  static func isAllowedInCombination(_ character: Character) -> Bool { isAllowed(character) || "=,+".contains(character) }

  /// Whether a stage may have this name, one combination of a matrix included: then it is safe as the name of a file.
  static func isExpanded(_ name: String) -> Bool {
    let parts = name.split(separator: "@", maxSplits: 1, omittingEmptySubsequences: false)
    return isValid(String(parts[0])) && (parts.count == 1 || parts[1].allSatisfy(isAllowedInCombination))
  }

  /// Letters, digits, `.`, `_`, `-`; a letter or digit first; at most 60 characters.
  static func isValid(_ name: String) -> Bool {
    guard let first = name.first, first.isLetter || first.isNumber else { return false }
    return name.count <= 60 && name.allSatisfy(isAllowed)
  }
}
