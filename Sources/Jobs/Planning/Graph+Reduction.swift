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
