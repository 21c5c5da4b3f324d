import Foundation
import IO
import Jobs

/// Reading of one JSON member of an artifact; turns what goes wrong into one sentence that names the member, the place in it and what was found.
struct MemberReading: Sendable {
  let artifact: FilePath
  let member: String
  /// Kind of stage to run again when the member is no good.
  let madeBy: String
  /// Line of the member, for a file of JSON lines; counted from 1.
  var line: Int? = nil

  /// Decodes the whole of `bytes`.
  /// - Throws: `FileError` of kind `.damaged`.
  func decode<Value: Decodable>(_ bytes: [UInt8]) throws(FileError) -> Value {
    do {
      return try JSON.decode(Value.self, bytes)
    } catch let error as DecodingError {
      throw problem(error, in: bytes)
    } catch {
      throw problem(at: "", expected: "JSON", found: "\(error)")
    }
  }

  /// Refuses any `format` but the one that this program writes.
  /// - Throws: `FileError` of kind `.unsupported`, or `.damaged` when the bytes are no JSON object or have no format.
  func checkFormat(of bytes: [UInt8], _ known: Int = 1) throws(FileError) {
    struct Numbered: Decodable { var format: Int }
    let format = try (decode(bytes) as Numbered).format
    guard format == known else {
      throw problem(
        at: "format", expected: "\(known)", found: "\(format)", kind: .unsupported, advice: "use the program that made the file")
    }
  }

  /// - Throws: `FileError` of kind `.damaged` where a word stands twice.
  func checkOnce(_ words: [String], at place: String, _ each: String, _ one: String) throws(FileError) {
    try check(Set(words).count == words.count, at: place, expected: "\(each) once", found: "\(one) twice")
  }

  /// - Throws: `FileError` of kind `.damaged` unless `condition` holds.
  func check(_ condition: Bool, at place: String, expected: String, found: String) throws(FileError) {
    if !condition { throw problem(at: place, expected: expected, found: found) }
  }

  func problem(at place: String, expected: String, found: String, kind: FileError.Kind = .damaged, advice: String? = nil) -> FileError {
    let whole = ["member '\(member)'", line.map { "line \($0)" }, place.isEmpty ? nil : "'\(place)'"].compactMap(\.self).joined(
      separator: ", ")
    return FileError(kind, artifact, at: whole, expected: expected, found: found, advice: advice ?? "run the \(madeBy) stage again")
  }

  private func problem(_ error: DecodingError, in bytes: [UInt8]) -> FileError {
    switch error {
    case .keyNotFound(let key, let context):
      return problem(at: Self.place(context.codingPath + [key]), expected: "a value", found: "nothing")
    case .valueNotFound(let type, let context):
      return problem(at: Self.place(context.codingPath), expected: Self.words(for: type), found: "null")
    case .typeMismatch(let type, let context):
      let found = (try? JSON(parsing: bytes)).flatMap { Self.value(at: context.codingPath, in: $0) }.map(Self.words(for:))
      return problem(at: Self.place(context.codingPath), expected: Self.words(for: type), found: found ?? "another type")
    case .dataCorrupted(let context):
      return problem(at: Self.place(context.codingPath), expected: "JSON", found: "\(bytes.count) bytes that are none")
    @unknown default: return problem(at: "", expected: "JSON", found: "\(error)")
    }
  }

  private static func value(at path: [any CodingKey], in whole: JSON) -> JSON? {
    path.reduce(whole) { value, key in
      guard let index = key.intValue else { return value?[key.stringValue] }
      return value?.elements.flatMap { $0.indices.contains(index) ? $0[index] : nil }
    }
  }

  private static func words(for value: JSON) -> String {
    switch value {
    case .object: "an object"
    case .array: "a list"
    case .string(let text): "the text '\(text.prefix(40))'"
    case .null, .bool, .integer, .number: value.canonical
    }
  }

  private static func place(_ path: [any CodingKey]) -> String {
    path.reduce("") { text, key in
      if let index = key.intValue { return text + "[\(index)]" }
      return text.isEmpty ? key.stringValue : text + "." + key.stringValue
    }
  }

  private static func words(for type: Any.Type) -> String {
    switch type {
    case is Int.Type: "a whole number"
    case is Double.Type: "a number"
    case is String.Type: "a text"
    case is Bool.Type: "true or false"
    case is any Collection.Type: type is any ExpressibleByDictionaryLiteral.Type ? "an object" : "a list"
    default: "an object"
    }
  }
}

/// JSON with sorted keys: equal values give equal bytes.
enum CanonicalJSON {
  static func encode(_ value: some Encodable) throws -> [UInt8] {
    let encoder = JSONEncoder()
    encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
    return Array(try encoder.encode(value)) + [UInt8(ascii: "\n")]
  }
}
