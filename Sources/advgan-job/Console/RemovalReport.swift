import ArgumentParser
import IO
import Jobs

/// `gc --json`, `clean --json`.
struct RemovalDocument: Codable {
  struct File: Codable {
    let path: String, stage: String, kind: String, bytes: Int, why: String
  }

  let dryRun: Bool, bytes: Int
  let files: [File]
  let busy: [String], links: [String], failures: [String]
}

/// What was removed, or would be, for people and as a document.
struct RemovalReport {
  /// Found, or removed.
  let remains: [Remains]
  let busy: [String]
  let links: [FilePath]
  let failures: [FileError]
  let isDry: Bool

  init(dry removal: Removal) { (remains, busy, links, failures, isDry) = (removal.remains, removal.busy, removal.links, [], true) }

  init(_ sweep: Sweep, of removal: Removal) {
    remains = sweep.removed
    busy = removal.busy + sweep.busy.map(\.stage)
    links = removal.links
    failures = sweep.failures
    isDry = false
  }

  var lines: [String] {
    let rows = remains.map { [$0.path.string, $0.kind.rawValue, Table.size($0.size), $0.why] }
    return (rows.isEmpty ? [] : Table.lines([["FILE", "KIND", "SIZE", rows.allSatisfy { $0[3].isEmpty } ? "" : "WHY"]] + rows)) + [summary]
  }

  /// What one should know beside it, and what went wrong.
  var complaints: [String] {
    busy.map { "stage '\($0)' is running: its files were left alone" }
      + links.map { "\($0) is a symbolic link: it was left alone" } + failures.map(\.description)
  }

  var document: RemovalDocument {
    RemovalDocument(
      dryRun: isDry, bytes: size,
      files: remains.map {
        RemovalDocument.File(path: $0.path.string, stage: $0.stage, kind: $0.kind.rawValue, bytes: $0.size, why: $0.why)
      }, busy: busy, links: links.map(\.string), failures: failures.map(\.description))
  }

  private var size: Int { remains.reduce(0) { $0 + $1.size } }

  private var summary: String {
    if remains.isEmpty { return "Nothing to remove." }
    let words = "\(remains.count) file\(remains.count == 1 ? "" : "s"), \(Table.size(size))"
    return isDry ? "\(words). Dry run: nothing was removed." : "Removed \(words)."
  }
}

extension RemovalReport {
  /// Shows what is to go, and asks.
  /// - Parameter ask: nil where nobody can answer.
  static func isAgreed(to removal: Removal, _ ask: ((String) -> Bool)?, _ terminal: Terminal) throws -> Bool {
    guard let ask else { throw ValidationError("nobody can be asked: give --yes, or --dry-run to see what would be removed") }
    RemovalReport(dry: removal).lines.dropLast().map(Printable.text).forEach(terminal.print)
    if ask("Remove \(Table.size(removal.size))?") { return true }
    terminal.print("Nothing was removed.")
    return false
  }
}

extension RemovalReport {
  /// - Returns: whether nothing failed.
  func tell(_ command: String, json: Bool, _ terminal: Terminal) -> Bool {
    if json { terminal.print(Document.text(command, document)) } else { lines.map(Printable.text).forEach(terminal.print) }
    for complaint in complaints { terminal.complain("advgan-job: \(Printable.text(complaint))") }
    return failures.isEmpty
  }
}
