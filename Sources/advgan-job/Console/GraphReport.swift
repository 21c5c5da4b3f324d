import Jobs

/// `graph --json`.
struct GraphDocument: Codable {
  struct Stage: Codable {
    let stage: String, run: String, state: String, why: String
    /// Names of stages by role.
    let needs: [String: [String]]
  }

  let jobFile: String, artifacts: String
  let stages: [Stage]
}

/// The graph of a job with the state of its stages, in the notations that people and programs read.
struct GraphReport {
  let job: Job
  /// In an order in which every stage comes after what it needs.
  let statuses: [StageStatus]

  enum Notation: String, CaseIterable { case ascii, dot, mermaid }

  func lines(_ notation: Notation) -> [String] {
    switch notation {
    case .ascii: tree
    case .dot: dot
    case .mermaid: mermaid
    }
  }

  var document: GraphDocument {
    let stages = statuses.map { status in
      let stage = job.stage(status.planned.name)
      return GraphDocument.Stage(
        stage: status.planned.name, run: stage?.kind ?? "", state: status.word, why: status.planned.reason, needs: stage?.needs ?? [:])
    }
    return GraphDocument(jobFile: job.file.string, artifacts: job.artifacts.string, stages: stages)
  }

  /// Inputs that others imply are skipped: they would only fill the page.
  private var tree: [String] {
    let states = Dictionary(statuses.map { ($0.planned.name, $0.word) }) { first, _ in first }
    let tree = GraphTree(order: statuses.map(\.planned.name), inputs: job.graph.essentialInputs.filter { states[$0.key] != nil })
    let rows = tree.rows.map { row in
      let named = row.others.prefix(3).joined(separator: ", ") + (row.others.count > 3 ? " and \(row.others.count - 3) more" : "")
      return [row.text, states[row.name] ?? "", named]
    }
    return Table.lines([["STAGE", "STATE", "NEEDS ALSO"]] + rows)
  }

  private var dot: [String] {
    let nodes = statuses.map { status in
      let name = GraphReport.quoted(status.planned.name)
      let label = GraphReport.quoted(status.planned.name).dropLast() + "\\n\(words(status))\""
      return "  \(name) [label=\(label), fillcolor=\"\(GraphReport.colour(status.word))\"];"
    }
    let arrows = edges.map { "  \(GraphReport.quoted($0.from)) -> \(GraphReport.quoted($0.to));" }
    let head = ["digraph \(GraphReport.quoted(job.file.string)) {", "  rankdir=LR;", "  node [shape=box, style=filled];"]
    return head + nodes + arrows + ["}"]
  }

  private var mermaid: [String] {
    let numbers = Dictionary(statuses.enumerated().map { ($1.planned.name, $0) }) { first, _ in first }
    let nodes = statuses.enumerated().map { number, status in
      "  n\(number)[\"\(GraphReport.escaped(status.planned.name))<br/>\(words(status))\"]:::\(status.word)"
    }
    let arrows = edges.map { "  n\(numbers[$0.from] ?? 0) --> n\(numbers[$0.to] ?? 0)" }
    let classes = Set(statuses.map(\.word)).sorted().map { "  classDef \($0) fill:\(GraphReport.colour($0)),stroke:#666" }
    return ["flowchart LR"] + nodes + arrows + classes
  }

  /// From each input to the stage, as the job file has them.
  private var edges: [(from: String, to: String)] {
    statuses.flatMap { status in (job.stage(status.planned.name)?.inputs ?? []).map { ($0, status.planned.name) } }
  }

  private func words(_ status: StageStatus) -> String { "\(job.stage(status.planned.name)?.kind ?? ""), \(status.word)" }

  /// As dot reads it: `"` and `\` are escaped.
  static func quoted(_ text: String) -> String { "\"" + text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\"") + "\"" }

  /// As Mermaid reads it within quotes: what it or a browser would take for more than a letter becomes a number.
  static func escaped(_ text: String) -> String {
    text.unicodeScalars.map { "#;&<>\"".unicodeScalars.contains($0) ? "#\($0.value);" : String($0) }.joined()
  }

  private static func colour(_ state: String) -> String {
    switch state {
    case "fresh": "#d9ead3"
    case "running": "#cfe2f3"
    case "stale", "interrupted", "waiting": "#fff2cc"
    case "missing": "#eeeeee"
    default: "#ffffff"
    }
  }
}

/// A graph as a tree of lines, each stage once and below all that it needs.
///
/// A stage hangs from the input that is printed last of those it needs; the others are named beside it.
struct GraphTree {
  /// Each line: the stage's name behind the lines of the tree, the name alone, and the inputs that it does not hang from.
  private(set) var rows: [(text: String, name: String, others: [String])] = []
  private let consumers: [String: [String]]
  private let inputs: [String: [String]]
  private var missing: [String: Int]

  /// Deeper levels are numbered instead of drawn.
  static let deepest = 20

  /// - Parameters:
  ///   - order: the stages, each after what it needs.
  ///   - inputs: what each needs, of these stages.
  init(order: [String], inputs: [String: [String]]) {
    self.inputs = inputs
    missing = inputs.mapValues(\.count)
    consumers = order.reduce(into: [:]) { consumers, name in for input in inputs[name] ?? [] { consumers[input, default: []].append(name) }
    }
    for name in order where inputs[name]?.isEmpty ?? true { add(name, "", "", 0, parent: nil) }
  }

  /// - Parameters:
  ///   - lead: what stands before the name, and before those of what hangs from it.
  private mutating func add(_ name: String, _ lead: String, _ leadBelow: String, _ depth: Int, parent: String?) {
    let text = depth > GraphTree.deepest ? "(\(depth)) \(name)" : lead + name
    rows.append((text, name, (inputs[name] ?? []).filter { $0 != parent }))
    var children: [String] = []
    for consumer in consumers[name] ?? [] {
      missing[consumer, default: 0] -= 1
      if missing[consumer] == 0 { children.append(consumer) }
    }
    for child in children {
      let isLast = child == children.last
      add(child, leadBelow + (isLast ? "`- " : "|- "), leadBelow + (isLast ? "   " : "|  "), depth + 1, parent: name)
    }
  }
}
