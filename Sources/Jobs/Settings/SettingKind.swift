import Foundation

/// How one kind of setting is described, read from a node, and spelt canonically.
struct SettingKind<Value> {
  /// What is expected, for messages: `a whole number from 1 to 10`.
  let words: String
  /// The value of a node; nil where the node is something else or out of range.
  let read: (SettingNode) -> Value?
  /// The canonical spelling that enters the fingerprint and the manifest.
  let canonical: (Value) -> JSON
  /// The node to blame where `read` finds nothing: the node itself, or the element of a list that does not fit.
  var culprit: (SettingNode) -> SettingNode = { $0 }
}

extension SettingKind<Int> {
  static func integer(in range: ClosedRange<Int>) -> SettingKind {
    SettingKind(words: "a whole number\(Words.range(range, least: .min, most: .max))") { node in
      guard case .scalar(let text, plain: true) = node.value, let value = Int(text), range.contains(value) else { return nil }
      return value
    } canonical: {
      .integer($0)
    }
  }
}

extension SettingKind<Double> {
  static func number(in range: ClosedRange<Double>) -> SettingKind {
    SettingKind(words: "a number\(Words.range(range, least: -.infinity, most: .infinity))") { node in
      guard case .scalar(let text, plain: true) = node.value, let value = Words.decimal(text), range.contains(value) else { return nil }
      return value
    } canonical: {
      .real($0)
    }
  }

  /// A perturbation size on the [0, 1] pixel scale: a decimal or a fraction such as `8/255`. Equal sizes are spelt equally.
  static func size(in range: ClosedRange<Double>) -> SettingKind {
    SettingKind(words: "a size such as 8/255 or 0.03\(Words.range(range, least: -.infinity, most: .infinity))") { node in
      guard case .scalar(let text, _) = node.value, let value = Words.fraction(text), range.contains(value) else { return nil }
      return value
    } canonical: {
      .string(Words.size($0))
    }
  }
}

extension SettingKind<Bool> {
  static var flag: SettingKind {
    SettingKind(words: "true or false") { node in
      guard case .scalar(let text, plain: true) = node.value else { return nil }
      return ["true": true, "false": false][text]
    } canonical: {
      .bool($0)
    }
  }
}

extension SettingKind<String> {
  static var text: SettingKind {
    SettingKind(words: "a text") { node in
      guard case .scalar(let text, _) = node.value, !node.isNothing else { return nil }
      return text
    } canonical: {
      .string($0)
    }
  }

  static func choice(of words: [String]) -> SettingKind {
    SettingKind(words: "one of \(words.joined(separator: ", "))") { node in
      guard case .scalar(let text, _) = node.value, words.contains(text) else { return nil }
      return text
    } canonical: {
      .string($0)
    }
  }
}

extension SettingKind {
  /// A list whose every element is of this kind.
  var list: SettingKind<[Value]> {
    var list = SettingKind<[Value]>(words: "a list, each element \(words)") { node in
      guard case .list(let elements) = node.value else { return nil }
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

/// The spelling of numbers, shared by messages, canonical forms and command lines.
public enum Words {
  /// ` from a to b`, ` of at least a`, ` of at most b`, or nothing where the range is everything.
  static func range<Bound: Comparable>(_ range: ClosedRange<Bound>, least: Bound, most: Bound) -> String {
    switch (range.lowerBound == least, range.upperBound == most) {
    case (true, true): ""
    case (false, true): " of at least \(short(range.lowerBound))"
    case (true, false): " of at most \(short(range.upperBound))"
    case (false, false): " from \(short(range.lowerBound)) to \(short(range.upperBound))"
    }
  }

  /// A finite decimal number; no hexadecimal, no `nan`, no `inf`.
  static func decimal(_ text: String) -> Double? {
    guard text.unicodeScalars.allSatisfy({ "0123456789+-.eE".unicodeScalars.contains($0) }) else { return nil }
    guard let value = Double(text), value.isFinite else { return nil }
    return value
  }

  /// `a/b` or a decimal. A value within 1e-12 of a quarter of 1/255 is that fraction exactly, so that both spellings are one value.
  public static func fraction(_ text: String) -> Double? {
    let parts = text.split(separator: "/", omittingEmptySubsequences: false).map { decimal(String($0)) }
    let value: Double
    switch parts.count {
    case 1:
      guard let number = parts[0] else { return nil }
      value = number
    case 2:
      guard let over = parts[0], let under = parts[1], under > 0 else { return nil }
      value = over / under
    default: return nil
    }
    return value.isFinite ? snapped(value) : nil
  }

  /// The shorter of `n/255` (n a multiple of a quarter) and the decimal.
  public static func size(_ value: Double) -> String {
    let plain = short(snapped(value))
    let steps = (value * 1020).rounded() / 4
    guard snapped(value) == steps / 255 else { return plain }
    let fraction = "\(short(steps))/255"
    return fraction.count < plain.count ? fraction : plain
  }

  /// A number without a needless `.0`.
  static func short<Number>(_ number: Number) -> String {
    let text = "\(number)"
    return text.hasSuffix(".0") ? String(text.dropLast(2)) : text
  }

  private static func snapped(_ value: Double) -> Double {
    let steps = (value * 1020).rounded() / 4
    return abs(steps / 255 - value) <= 1e-12 ? steps / 255 : value
  }
}
