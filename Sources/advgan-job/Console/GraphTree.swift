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
    consumers = order.reduce(into: [:]) { consumers, name in
      for input in inputs[name] ?? [] { consumers[input, default: []].append(name) }
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
