import Foundation
import Jobs

/// What a command prints under `--json`: one object that says what it is, so that a script can refuse what it does not know.
///
/// `document` is `advgan-job` and the command. `format` counts changes that break a reader; a key that is only added leaves it as it is.
/// The other keys are the names of the document's type in snake case: `upToDate` is `up_to_date`. `docs/json.md` describes every document.
enum Document {
  static func text(_ command: String, _ document: some Encodable) -> String { String(json(command, document).pretty.dropLast()) }

  /// The same on one line.
  static func line(_ command: String, _ document: some Encodable) -> String { json(command, document).canonical }

  private static func json(_ command: String, _ document: some Encodable) -> JSON {
    let encoder = JSONEncoder()
    encoder.keyEncodingStrategy = .convertToSnakeCase
    guard let bytes = try? encoder.encode(document), let members = (try? JSON(parsing: Array(bytes)))?.members else {
      preconditionFailure("Document: \(type(of: document)) is no JSON object")
    }
    return .object(members.merging(["document": .string("advgan-job \(command)"), "format": 1]) { $1 })
  }
}

/// A value whose key always occurs: null where there is none.
@propertyWrapper struct OrNull<Value: Codable>: Codable {
  var wrappedValue: Value?

  init(wrappedValue: Value?) { self.wrappedValue = wrappedValue }

  init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    wrappedValue = container.decodeNil() ? nil : try container.decode(Value.self)
  }

  func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    if let wrappedValue { try container.encode(wrappedValue) } else { try container.encodeNil() }
  }
}
