import IO
import Jobs

/// Puts other values into a JSON document, which stays JSON: what mutated bytes would seldom do.
struct JSONMutation {
  /// Words of the format.
  let words: [String]

  private static let scalars: [JSON] = [
    .null, .bool(true), .integer(0), .integer(-1), .integer(1), .integer(.max), .integer(.min), .integer(1 << 53), .integer(1 << 31), .integer(1_000_000),
    .number(0.5), .number(1e308), .number(-1e308), .number(.leastNonzeroMagnitude), .number(1.5), .number(1e15),
    .string(""), .string("\u{0}\u{1B}[31m"), .string("\u{202E}x"), .string("'\"`$(x)<b>&\n"), .string("../../x"),
    .string("n\u{E4}\u{1F600}"), .string(String(repeating: "long", count: 500)),
    .string("8/255"), .string("1/0"), .string("1e400"), .array([]), .object([:]), .object(["kind": "pgd"]),
  ]

  /// The whole with another value somewhere in it; of lines of JSON, one line. Other bytes come back as they are.
  func mutated(_ bytes: [UInt8], _ stream: inout Stream) -> [UInt8] {
    if let whole = try? JSON(parsing: bytes) { return mutated(whole, &stream) }
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    let number = stream.below(lines.count)
    guard let line = try? JSON(parsing: lines[number]) else { return bytes }
    switch stream.below(8) {
    case 0: lines.remove(at: number)
    case 1: lines.insert(lines[number], at: number)
    default: lines[number] = mutated(line, &stream)
    }
    return Array(lines.joined(separator: [0x0A]))
  }

  private func mutated(_ value: JSON, _ stream: inout Stream) -> [UInt8] {
    var place = stream.below(Self.size(value))
    return Array(changed(value, &place, &stream).canonical.utf8)
  }

  /// How many values there are, with those that hold others.
  private static func size(_ value: JSON) -> Int {
    1 + (value.elements ?? value.members.map { Array($0.values) } ?? []).reduce(0) { $0 + size($1) }
  }

  /// - Parameter place: of the value that changes, counted from this one on.
  private func changed(_ value: JSON, _ place: inout Int, _ stream: inout Stream) -> JSON {
    place -= 1
    if place == -1 { return other(value, &stream) }
    switch value {
    case .array(let elements): return .array(elements.map { changed($0, &place, &stream) })
    case .object(var members):
      for key in members.keys.sorted() { members[key] = members[key].map { changed($0, &place, &stream) } }
      return .object(members)
    default: return value
    }
  }

  private func other(_ value: JSON, _ stream: inout Stream) -> JSON {
    switch value {
    case .array(var elements) where stream.below(4) > 0:
      let place = stream.below(elements.count)
      switch stream.below(4) {
      case 0 where !elements.isEmpty: elements.remove(at: place)
      case 1 where elements.count > 1: elements.swapAt(place, stream.below(elements.count))
      case 2: elements.insert(stream.one(of: Self.scalars), at: place)
      default: if !elements.isEmpty { elements.insert(elements[place], at: place) }
      }
      return .array(elements)
    case .object(var members) where stream.below(4) > 0:
      guard let key = members.isEmpty ? nil : stream.one(of: members.keys.sorted()) else { return .object(["x": 1]) }
      switch stream.below(3) {
      case 0: members[key] = nil
      case 1: members[stream.one(of: words + ["x", ""] + members.keys.sorted())] = members.removeValue(forKey: key)
      default: members[stream.one(of: words + ["x"])] = stream.one(of: Self.scalars)
      }
      return .object(members)
    case .integer(let number) where stream.below(2) == 0: return .integer(stream.one(of: [number &+ 1, number &- 1, 0 &- number, number &* 1000]))
    case .string(let text) where stream.below(3) == 0: return .string(stream.one(of: words + [text + text, String(text.dropLast()), text.uppercased()]))
    default: return stream.one(of: Self.scalars)
    }
  }
}
