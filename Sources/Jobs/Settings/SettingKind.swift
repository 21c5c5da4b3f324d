import Foundation

/// How one kind of setting is described, read from a node, and spelt canonically.
struct SettingKind<Value> {
  /// What is expected, without the range: `a whole number`.
  let type: String
  /// Bounds of a number; nil where there are none.
  var minimum: Double?, maximum: Double?
  /// The words to suggest for a slip.
  var known: [String] = []
  /// Whether the value is one of the `known` words.
  var isOneWord = false
  /// A valid value, for descriptions of required settings.
  let example: Value
  /// The value of a node; nil where the node is something else or out of range.
  let read: (SettingNode) -> Value?
  /// The canonical spelling that enters the fingerprint and the manifest.
  let canonical: (Value) -> JSON
  /// The node to blame where `read` finds nothing: the node itself, or the element of a list that does not fit.
  var culprit: (SettingNode) -> SettingNode = { $0 }

  /// What is expected, for messages: `a whole number from 1 to 10`.
  var words: String { type + SettingRange.words(minimum, maximum) }
}

extension SettingKind<Int> {
  static func integer(in range: ClosedRange<Int>) -> SettingKind {
    SettingKind(
      type: "a whole number", minimum: range.lowerBound == .min ? nil : Double(range.lowerBound),
      maximum: range.upperBound == .max ? nil : Double(range.upperBound), example: min(max(1, range.lowerBound), range.upperBound)
    ) { node in
      guard case .scalar(let text, plain: true) = node.value, let value = Int(text), range.contains(value) else { return nil }
      return value
    } canonical: {
      .integer($0)
    }
  }
}

extension SettingKind<Double> {
  static func number(in range: ClosedRange<Double>) -> SettingKind {
    SettingKind(
      type: "a number", minimum: range.lowerBound.isFinite ? range.lowerBound : nil,
      maximum: range.upperBound.isFinite ? range.upperBound : nil, example: min(max(1, range.lowerBound), range.upperBound)
    ) { node in
      guard case .scalar(let text, plain: true) = node.value, let value = Words.decimal(text), range.contains(value) else { return nil }
      return value
    } canonical: {
      .real($0)
    }
  }
}

extension SettingKind<Bool> {
  static var flag: SettingKind {
    SettingKind(type: "true or false", example: false) { node in
      guard case .scalar(let text, plain: true) = node.value else { return nil }
      return ["true": true, "false": false][text]
    } canonical: {
      .bool($0)
    }
  }
}

extension SettingKind<String> {
  static var text: SettingKind {
    SettingKind(type: "a text", example: "x") { node in
      guard case .scalar(let text, _) = node.value, !node.isNothing else { return nil }
      return text
    } canonical: {
      .string($0)
    }
  }

  static var path: SettingKind {
    SettingKind(type: "a path", example: "x") { node in
      guard case .scalar(let text, _) = node.value, !node.isNothing, !text.isEmpty else { return nil }
      return text
    } canonical: {
      .string($0)
    }
  }

  static func choice(of words: [String]) -> SettingKind {
    SettingKind(type: "one of \(words.joined(separator: ", "))", known: words, isOneWord: true, example: words[0]) { node in
      guard case .scalar(let text, _) = node.value, words.contains(text) else { return nil }
      return text
    } canonical: {
      .string($0)
    }
  }
}

extension SettingKind where Value: SettingValue {
  static var notation: SettingKind {
    SettingKind(type: Value.notation, example: Value.example) { node in
      guard case .scalar(let text, _) = node.value, !node.isNothing else { return nil }
      return Value(parsing: text)
    } canonical: {
      .string($0.text)
    }
  }
}

extension SettingKind {
  /// A list whose every element is of this kind.
  var list: SettingKind<[Value]> {
    var list = SettingKind<[Value]>(
      type: "a list, each element \(type)", minimum: minimum, maximum: maximum, known: known, example: [example]
    ) {
      guard case .list(let elements) = $0.value else { return nil }
      let values = elements.compactMap(read)
      return values.count == elements.count ? values : nil
    } canonical: {
      .array($0.map(canonical))
    }
    list.culprit = { node in
      guard case .list(let elements) = node.value else { return node }
      return elements.first { read($0) == nil } ?? node
    }
    return list
  }
}

/// The spelling of numbers, shared by settings and command lines.
public enum Words {
  /// A finite decimal number; no hexadecimal, no `nan`, no `inf`.
  public static func decimal(_ text: String) -> Double? {
    guard text.unicodeScalars.allSatisfy({ "0123456789+-.eE".unicodeScalars.contains($0) }) else { return nil }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// A number without a needless `.0`.
  public static func short<Number>(_ number: Number) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }
}
