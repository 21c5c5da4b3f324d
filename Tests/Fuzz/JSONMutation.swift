import DiskSupport
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
  func mutated(_ bytes: [UInt8], _ dice: inout Dice) -> [UInt8] {
    if let whole = try? JSON(parsing: bytes) { return mutated(whole, &dice) }
    var lines = bytes.split(separator: 0x0A, omittingEmptySubsequences: false).map(Array.init)
    let number = dice.below(lines.count)
    guard let line = try? JSON(parsing: lines[number]) else { return bytes }
    switch dice.below(8) {
    case 0: lines.remove(at: number)
    case 1: lines.insert(lines[number], at: number)
    default: lines[number] = mutated(line, &dice)
    }
    return Array(lines.joined(separator: [0x0A]))
  }

  private func mutated(_ value: JSON, _ dice: inout Dice) -> [UInt8] {
    var place = dice.below(Self.size(value))
    return Array(changed(value, &place, &dice).canonical.utf8)
  }

  /// How many values there are, with those that hold others.
  private static func size(_ value: JSON) -> Int {
    1 + (value.elements ?? value.members.map { Array($0.values) } ?? []).reduce(0) { $0 + size($1) }
  }

  /// - Parameter place: of the value that changes, counted from this one on.
  private func changed(_ value: JSON, _ place: inout Int, _ dice: inout Dice) -> JSON {
    place -= 1
    if place == -1 { return other(value, &dice) }
    switch value {
    case .array(let elements): return .array(elements.map { changed($0, &place, &dice) })
    case .object(var members):
      for key in members.keys.sorted() { members[key] = members[key].map { changed($0, &place, &dice) } }
      return .object(members)
    default: return value
    }
  }

  private func other(_ value: JSON, _ dice: inout Dice) -> JSON {
    switch value {
    case .array(var elements) where dice.below(4) > 0:
      let place = dice.below(elements.count)
      switch dice.below(4) {
      case 0 where !elements.isEmpty: elements.remove(at: place)
      case 1 where elements.count > 1: elements.swapAt(place, dice.below(elements.count))
      case 2: elements.insert(dice.one(of: Self.scalars), at: place)
      default: if !elements.isEmpty { elements.insert(elements[place], at: place) }
      }
      return .array(elements)
    case .object(var members) where dice.below(4) > 0:
      guard let key = members.isEmpty ? nil : dice.one(of: members.keys.sorted()) else { return .object(["x": 1]) }
      switch dice.below(3) {
      case 0: members[key] = nil
      case 1: members[dice.one(of: words + ["x", ""] + members.keys.sorted())] = members.removeValue(forKey: key)
      default: members[dice.one(of: words + ["x"])] = dice.one(of: Self.scalars)
      }
      return .object(members)
    case .integer(let number) where dice.below(2) == 0: return .integer(dice.one(of: [number &+ 1, number &- 1, 0 &- number, number &* 1000]))
    case .string(let text) where dice.below(3) == 0: return .string(dice.one(of: words + [text + text, String(text.dropLast()), text.uppercased()]))
    default: return dice.one(of: Self.scalars)
    }
  }
}
