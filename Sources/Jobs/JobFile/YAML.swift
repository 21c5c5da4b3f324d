import Yams

/// YAML text as setting nodes with places. Yams stays behind this file.
enum YAML {
  /// More values than this are a mistake (or aliases multiplied by aliases), not a job file.
  static let mostValues = 100_000

  /// - Throws: ``JobFileError`` with the place, for text that is no YAML, is empty, holds two documents, or repeats a key.
  static func parse(_ source: SourceText) throws(JobFileError) -> SettingNode {
    if let line = firstComplexKey(source) { throw source.error("a key must be one word", at: .init(line: line, column: 1, length: 1)) }
    let root: Node?
    do {
      root = try Parser(yaml: source.lines.joined(separator: "\n")).singleRoot()
    } catch let error as YamlError {
      throw translate(error, source)
    } catch {
      throw source.error("\(error)", at: nil)
    }
    guard let root else { throw source.error("the job file is empty", at: nil) }
    var count = 0
    return try convert(root, source, &count)
  }

  private static func convert(_ node: Node, _ source: SourceText, _ count: inout Int) throws(JobFileError) -> SettingNode {
    count += 1
    guard count <= mostValues else { throw source.error("more than \(mostValues) values: are aliases repeating each other?", at: nil) }
    let place = place(of: node)
    switch node {
    case .scalar(let scalar): return SettingNode(value: .scalar(scalar.string, plain: scalar.style == .plain), place: place)
    case .sequence(let sequence):
      var elements: [SettingNode] = []
      for element in sequence { elements.append(try convert(element, source, &count)) }
      return SettingNode(value: .list(elements), place: place)
    case .mapping(let mapping):
      var members: [SettingNode.Member] = []
      // What stands behind `<<`: of a key that is given several times, the first counts.
      var merged: [SettingNode.Member] = []
      for (key, value) in mapping {
        if case .scalar(let scalar) = key, scalar.string == "<<", scalar.style == .plain {
          merged += try merges(try convert(value, source, &count), source)
          continue
        }
        guard case .scalar(let scalar) = key else { throw source.error("a key must be one word", at: YAML.place(of: key)) }
        let node = try convert(value, source, &count)
        members.append(SettingNode.Member(key: scalar.string, place: YAML.place(of: key), node: node))
      }
      var given = Set(members.map(\.key))
      members += merged.filter { given.insert($0.key).inserted }
      return SettingNode(value: .mapping(members), place: place)
    case .alias: throw source.error("an alias that was not resolved", at: place)
    }
  }

  /// The members that a merge key brings: those of a mapping, or of several.
  private static func merges(_ node: SettingNode, _ source: SourceText) throws(JobFileError) -> [SettingNode.Member] {
    switch node.value {
    case .mapping(let members): return members
    case .list(let elements):
      var members: [SettingNode.Member] = []
      for element in elements { members += try merges(element, source) }
      return members
    case .scalar: throw source.error("'<<' takes a mapping, such as an alias of one, but is \(node.words)", at: node.place)
    }
  }

  /// The line of the first key that is a list, a mapping or an alias, where the text has aliases: Yams compares such keys by all that they hold, and
  /// aliases of aliases hold more than can be counted. What stands in quotes and comments does not count.
  private static func firstComplexKey(_ source: SourceText) -> Int? {
    guard source.lines.contains(where: { $0.contains("*") }) else { return nil }
    return source.lines.firstIndex { line in
      let bare = line.replacing(/"(\\.|[^"\\])*"|'[^']*'|\$\{[^}]*\}|(^|\s)#.*$/, with: "_")
      return bare.contains(/(^|[\s\[\{,])\?(\s|$)/) || bare.contains(/\*[^\s,\[\]\{\}:]+\s*:(\s|$)/) || bare.contains(/[\]\}]\s*:(\s|$)/)
    }.map { $0 + 1 }
  }

  private static func place(of node: Node) -> JobFileError.Place? {
    guard let mark = node.mark else { return nil }
    var length = 1
    if case .scalar(let scalar) = node { length = max(scalar.string.unicodeScalars.count + (scalar.style == .plain ? 0 : 2), 1) }
    return JobFileError.Place(line: mark.line, column: mark.column, length: length)
  }

  /// The tab that a mark stands at, or that indents its line.
  private static func tab(at mark: JobFileError.Place, in source: SourceText) -> JobFileError.Place? {
    guard source.lines.indices.contains(mark.line - 1) else { return nil }
    let scalars = Array(source.lines[mark.line - 1].unicodeScalars)
    if scalars.dropFirst(max(mark.column - 1, 0)).first == "\t" { return mark }
    let tab = scalars.prefix { $0 == " " || $0 == "\t" }.firstIndex(of: "\t")
    return tab.map { JobFileError.Place(line: mark.line, column: $0 + 1, length: 1) }
  }

  /// The first character that no YAML may hold.
  private static func controlCharacter(in source: SourceText) -> JobFileError.Place? {
    for (line, text) in source.lines.enumerated() {
      let column = text.unicodeScalars.enumerated().first { $0.element.value < 0x20 && $0.element != "\t" || $0.element.value == 0x7F }?.offset
      if let column { return JobFileError.Place(line: line + 1, column: column + 1, length: 1) }
    }
    return nil
  }

  private static func translate(_ error: YamlError, _ source: SourceText) -> JobFileError {
    switch error {
    case .scanner(_, let problem, let mark, _), .parser(_, let problem, let mark, _), .composer(_, let problem, let mark, _):
      let place = JobFileError.Place(line: mark.line, column: mark.column, length: 1)
      if let tab = tab(at: place, in: source) { return source.error("a tab, where YAML takes spaces alone", at: tab) }
      return source.error("not YAML: \(problem)", at: place)
    case .duplicatedKeysInMapping(let keys, let context):
      let place = JobFileError.Place(line: context.mark.line, column: context.mark.column, length: keys.first?.unicodeScalars.count ?? 1)
      return source.error("the key '\(keys.first ?? "")' is given twice in one mapping (first here)", at: place)
    case .reader(let problem, _, _, _): return source.error("not YAML: \(problem)", at: controlCharacter(in: source))
    default: return source.error("not YAML: \(error)", at: nil)
    }
  }
}
