import Foundation

/// A JSON value with one canonical spelling, so that equal values have equal bytes and equal digests.
///
/// Numbers: a whole number below 2^53 is `.integer` however it was written (`1`, `1.0`, `1e0`); make real numbers with
/// ``real(_:)`` to keep that rule. NaN and infinities do not exist in JSON and are a programmer's mistake here.
public enum JSON: Hashable, Sendable {
  case null
  case bool(Bool)
  case integer(Int)
  case number(Double)
  case string(String)
  case array([JSON])
  case object([String: JSON])

  /// The JSON number of a finite real: `.integer` where it is whole and below 2^53 in size, else `.number`. `-0.0` is 0.
  public static func real(_ value: Double) -> JSON {
    precondition(value.isFinite, "JSON.real: \(value) is no JSON number")
    if value.magnitude < 9_007_199_254_740_992, let whole = Int(exactly: value) { return .integer(whole) }
    return .number(value)
  }

  /// Reads JSON text of any layout.
  /// - Throws: `DecodingError` where the bytes are no JSON.
  public init(parsing bytes: [UInt8]) throws { self = try JSON.decode(JSON.self, bytes) }

  /// More levels than any document of ours has. Foundation's decoder takes time that grows with the third power of the depth.
  static let deepest = 64

  /// Reads a value from JSON text that may come from anywhere.
  /// - Throws: `DecodingError`, also for more than 64 objects and arrays within each other.
  public static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) throws -> Value {
    guard depth(of: bytes) <= deepest else {
      throw DecodingError.dataCorrupted(.init(codingPath: [], debugDescription: "more than \(deepest) levels"))
    }
    return try JSONDecoder().decode(type, from: Data(bytes))
  }

  /// How many objects and arrays are open at once at most.
  private static func depth(of bytes: [UInt8]) -> Int {
    var (open, deepest, isText, isEscaped) = (0, 0, false, false)
    for byte in bytes {
      switch byte {
      case _ where isEscaped: isEscaped = false
      case UInt8(ascii: "\\") where isText: isEscaped = true
      case UInt8(ascii: "\""): isText.toggle()
      case UInt8(ascii: "{"), UInt8(ascii: "["):
        if !isText { (open, deepest) = (open + 1, max(deepest, open + 1)) }
      case UInt8(ascii: "}"), UInt8(ascii: "]"): if !isText { open -= 1 }
      default: break
      }
    }
    return deepest
  }

  /// The JSON of any value that can be encoded; a value that has none is a programmer's mistake.
  public init(encoding value: some Encodable) {
    guard let bytes = try? JSONEncoder().encode(value), let json = try? JSONDecoder().decode(JSON.self, from: bytes) else {
      preconditionFailure("JSON(encoding:): \(type(of: value)) has no JSON")
    }
    self = json
  }

  /// The canonical spelling: keys in byte order of their UTF-8, no spaces, the shortest digits that read back to the same number.
  public var canonical: String {
    var text = ""
    write(to: &text, indent: nil)
    return text
  }

  /// The same value spread over lines for people, two spaces a level, an element of an array on one line where nothing is nested in it;
  /// ends with a line feed. Deterministic too.
  public var pretty: String {
    var text = ""
    write(to: &text, indent: 0)
    return text + "\n"
  }
}

extension JSON {
  /// The value under `key` of an object; nil elsewhere.
  public subscript(_ key: String) -> JSON? {
    guard case .object(let members) = self else { return nil }
    return members[key]
  }

  /// The text of a string; nil elsewhere.
  public var text: String? {
    guard case .string(let text) = self else { return nil }
    return text
  }

  /// The value of a whole number; nil elsewhere.
  public var whole: Int? {
    guard case .integer(let value) = self else { return nil }
    return value
  }

  /// The value of a number, whole or not; nil elsewhere.
  public var real: Double? {
    switch self {
    case .integer(let value): Double(value)
    case .number(let value): value
    default: nil
    }
  }

  /// The elements of an array; nil elsewhere.
  public var elements: [JSON]? {
    guard case .array(let elements) = self else { return nil }
    return elements
  }

  /// The members of an object; nil elsewhere.
  public var members: [String: JSON]? {
    guard case .object(let members) = self else { return nil }
    return members
  }
}

extension JSON: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral, ExpressibleByBooleanLiteral {
  public init(stringLiteral text: String) { self = .string(text) }
  public init(integerLiteral whole: Int) { self = .integer(whole) }
  public init(floatLiteral real: Double) { self = .real(real) }
  public init(booleanLiteral flag: Bool) { self = .bool(flag) }
}

extension JSON: Codable {
  public init(from decoder: any Decoder) throws {
    let value = try decoder.singleValueContainer()
    if value.decodeNil() {
      self = .null
    } else if let flag = try? value.decode(Bool.self) {
      self = .bool(flag)
    } else if let whole = try? value.decode(Int.self) {
      self = .integer(whole)
    } else if let real = try? value.decode(Double.self) {
      guard real.isFinite else { throw DecodingError.dataCorruptedError(in: value, debugDescription: "a number out of range") }
      self = .real(real)
    } else if let text = try? value.decode(String.self) {
      self = .string(text)
    } else if let elements = try? value.decode([JSON].self) {
      self = .array(elements)
    } else {
      self = .object(try value.decode([String: JSON].self))
    }
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    switch self {
    case .null: try container.encodeNil()
    case .bool(let flag): try container.encode(flag)
    case .integer(let whole): try container.encode(whole)
    case .number(let real): try container.encode(real)
    case .string(let text): try container.encode(text)
    case .array(let elements): try container.encode(elements)
    case .object(let members): try container.encode(members)
    }
  }
}

extension JSON {
  private func write(to text: inout String, indent: Int?) {
    switch self {
    case .null: text += "null"
    case .bool(let flag): text += flag ? "true" : "false"
    case .integer(let whole): text += String(whole)
    case .number(let real): text += "\(real)"
    case .string(let string): JSON.quote(string, to: &text)
    case .array(let elements):
      JSON.enclose("[", "]", elements, to: &text, indent: indent) { $0.write(to: &$1, indent: $0.isFlat ? nil : $2) }
    case .object(let members):
      let sorted = members.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
      JSON.enclose("{", "}", sorted, to: &text, indent: indent) { member, text, indent in
        JSON.quote(member.key, to: &text)
        text += indent == nil ? ":" : ": "
        member.value.write(to: &text, indent: indent)
      }
    }
  }

  /// An object of nothing but texts, numbers, flags and nulls.
  private var isFlat: Bool {
    guard case .object(let members) = self else { return false }
    return members.values.allSatisfy { value in
      switch value {
      case .array, .object: false
      default: true
      }
    }
  }

  private static func enclose<Element>(
    _ open: String, _ close: String, _ elements: [Element], to text: inout String, indent: Int?,
    _ write: (Element, inout String, Int?) -> Void
  ) {
    text += open
    let inner = indent.map { $0 + 1 }
    for (index, element) in elements.enumerated() {
      if index > 0 { text += "," }
      if let inner { text += "\n" + String(repeating: "  ", count: inner) }
      write(element, &text, inner)
    }
    if let indent, !elements.isEmpty { text += "\n" + String(repeating: "  ", count: indent) }
    text += close
  }

  private static func quote(_ string: String, to text: inout String) {
    text += "\""
    for scalar in string.unicodeScalars {
      switch scalar {
      case "\"": text += "\\\""
      case "\\": text += "\\\\"
      case "\n": text += "\\n"
      case _ where scalar.value < 0x20:
        let hex = String(scalar.value, radix: 16)
        text += "\\u" + String(repeating: "0", count: 4 - hex.count) + hex
      default: text.unicodeScalars.append(scalar)
      }
    }
    text += "\""
  }
}

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
    case .object(let members): for (key, value) in members { value.collect(&numbers, at: place.isEmpty ? key : "\(place).\(key)") }
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

/// One thing that is otherwise on two sides.
public struct Change: Equatable, Sendable {
  public let key: String
  /// nil where a side does not have it.
  public let before: JSON?
  public let after: JSON?

  /// What differs, sorted by key.
  static func between(_ before: [String: JSON], _ after: [String: JSON]) -> [Change] {
    Set(before.keys).union(after.keys).sorted().compactMap { key in
      before[key] == after[key] ? nil : Change(key: key, before: before[key], after: after[key])
    }
  }
}
