import Jobs

/// What a command prints under `--json`: one object that says what it is, so that a script can refuse what it does not know.
///
/// `document` is `advgan-job` and the command. `format` counts changes that break a reader; a key that is only added leaves it as it is.
/// `docs/json.md` describes every document.
enum Document {
  static func text(_ command: String, format: Int = 1, _ members: [String: JSON]) -> String {
    String(json(command, format, members).pretty.dropLast())
  }

  /// The same on one line.
  static func line(_ command: String, format: Int = 1, _ members: [String: JSON]) -> String { json(command, format, members).canonical }

  private static func json(_ command: String, _ format: Int, _ members: [String: JSON]) -> JSON {
    let head: [String: JSON] = ["document": .string("advgan-job \(command)"), "format": .integer(format)]
    return .object(members.merging(head) { $1 })
  }
}
