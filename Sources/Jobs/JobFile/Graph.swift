/// The stages and what they need, without a cycle.
public struct Graph: Sendable {
  /// Every stage after all that it needs; otherwise in the order given.
  public let order: [String]
  /// What each stage needs directly.
  public let inputs: [String: [String]]

  /// A cycle, as the names along it, the first repeated at the end.
  struct Cycle: Error, Equatable {
    let stages: [String]
  }

  /// - Parameter stages: names with the names of what they need; every need must be among the names.
  /// - Throws: ``Cycle``.
  init(_ stages: [(name: String, needs: [String])]) throws(Cycle) {
    inputs = Dictionary(stages.map { ($0.name, $0.needs) }) { first, _ in first }
    var order: [String] = []
    var finished: Set<String> = []
    var path: [String] = []
    for stage in stages { try Graph.visit(stage.name, inputs, &order, &finished, &path) }
    self.order = order
  }

  /// `targets` and everything they need, in order.
  public func closure(of targets: [String]) -> [String] {
    var wanted: Set<String> = []
    var left = targets
    while let name = left.popLast() {
      if wanted.insert(name).inserted { left += inputs[name] ?? [] }
    }
    return order.filter(wanted.contains)
  }

  /// `stages` and everything that is made from them, in order.
  public func dependents(of stages: [String]) -> [String] {
    var found = Set(stages)
    for name in order where !found.isDisjoint(with: inputs[name] ?? []) { found.insert(name) }
    return order.filter(found.contains)
  }

  private static func visit(
    _ name: String, _ inputs: [String: [String]], _ order: inout [String], _ finished: inout Set<String>, _ path: inout [String]
  ) throws(Cycle) {
    guard !finished.contains(name) else { return }
    if let start = path.firstIndex(of: name) { throw Cycle(stages: path[start...] + [name]) }
    path.append(name)
    for input in inputs[name] ?? [] { try visit(input, inputs, &order, &finished, &path) }
    path.removeLast()
    finished.insert(name)
    order.append(name)
  }
}

extension Graph {
  /// What each stage needs directly, without what another of its inputs needs anyway: the fewest arrows that tell the same order.
  public var essentialInputs: [String: [String]] {
    var above: [String: Set<String>] = [:]
    var essential: [String: [String]] = [:]
    for name in order {
      let inputs = inputs[name] ?? []
      let indirect = inputs.reduce(into: Set<String>()) { $0.formUnion(above[$1] ?? []) }
      above[name] = indirect.union(inputs)
      essential[name] = inputs.reduce(into: []) { if !indirect.contains($1), !$0.contains($1) { $0.append($1) } }
    }
    return essential
  }
}
