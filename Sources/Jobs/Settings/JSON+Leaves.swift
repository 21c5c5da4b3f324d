extension JSON {
  /// What stands at the ends of nested objects, by dotted key: `attack.steps`. Arrays and empty objects are ends too.
  public var leaves: [String: JSON] {
    guard case .object(let members) = self else { return [:] }
    return members.reduce(into: [:]) { leaves, member in
      if case .object(let inner) = member.value, !inner.isEmpty {
        for (key, leaf) in member.value.leaves { leaves["\(member.key).\(key)"] = leaf }
      } else {
        leaves[member.key] = member.value
      }
    }
  }

  /// All numbers, by where they stand: `models[best].splits[test].points[8/255].accuracy`. An array's element is named by the first of its
  /// keys whose texts tell all elements apart, else by its place, from 0.
  var numbers: [String: Double] {
    var numbers: [String: Double] = [:]
    collect(&numbers, at: "")
    return numbers
  }

  /// The value as a person reads it: texts without quotes.
  public var words: String { text ?? canonical }

  private func collect(_ numbers: inout [String: Double], at place: String) {
    switch self {
    case .integer, .number: numbers[place] = real
    case .object(let members):
      for (key, value) in members { value.collect(&numbers, at: place.isEmpty ? key : "\(place).\(key)") }
    case .array(let elements):
      let names = JSON.names(of: elements)
      for (index, element) in elements.enumerated() { element.collect(&numbers, at: "\(place)[\(names?[index] ?? String(index))]") }
    case .null, .bool, .string: break
    }
  }

  private static func names(of elements: [JSON]) -> [String]? {
    for key in elements.first?.members?.keys.sorted() ?? [] {
      let texts = elements.compactMap { $0[key]?.text }
      if texts.count == elements.count, Set(texts).count == texts.count { return texts }
    }
    return nil
  }
}
