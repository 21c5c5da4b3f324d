import IO
import Jobs

/// `verify --json`.
struct VerificationDocument: Codable {
  struct File: Codable {
    let path: String, kind: String, stage: String?, state: String, bytes: Int?, note: String?
    let damages: [Damage]
  }

  struct Damage: Codable {
    @OrNull var place: String?
    @OrNull var expected: String?
    @OrNull var found: String?
    let sentence: String
  }

  let whole: Bool, bytes: Int
  let files: [File]
}

/// What reading artifacts and checkpoints came to, for people and as a document.
struct VerificationReport {
  /// With the stage's name for what was found by it; nil for a file that was named by its path.
  let files: [(stage: String?, verification: Verification)]

  /// Damage outweighs what could not be read, and that what was named and is not there.
  var status: Int32 {
    if files.contains(where: { !$0.verification.damages.isEmpty }) { return ExitStatus.damaged }
    if unreadable > 0 { return ExitStatus.failure }
    return files.contains { $0.stage == nil && $0.verification.finding == .missing } ? ExitStatus.missingInput : ExitStatus.success
  }

  var lines: [String] { Table.lines([["FILE", "STATE", "SIZE", "DETAIL"]] + files.map { row($0.stage, $0.verification) }) + [summary] }

  /// One sentence for all that is wrong.
  var complaints: [String] {
    files.flatMap { stage, file -> [String] in
      switch file.finding {
      case .whole: []
      case .missing: stage == nil ? ["\(FileError(.missing, file.path, advice: "check the path"))"] : []
      case .damaged(let damages): damages.map(\.description)
      case .unreadable(let error): [error.description]
      }
    }
  }

  var document: VerificationDocument {
    VerificationDocument(
      whole: status == ExitStatus.success, bytes: read,
      files: files.map { stage, file in
        VerificationDocument.File(
          path: file.path.string, kind: file.kind.rawValue, stage: stage, state: file.word, bytes: file.size, note: file.note,
          damages: file.problems.map { .init(place: $0.place, expected: $0.expected, found: $0.found, sentence: $0.description) })
      })
  }

  private func row(_ stage: String?, _ file: Verification) -> [String] {
    var detail = file.note ?? ""
    if case .damaged(let damages) = file.finding { detail = damages.compactMap(\.place).joined(separator: ", ") }
    if case .missing = file.finding { detail = stage == nil ? "" : "no artifact of \(stage ?? "") yet" }
    return [file.path.string, file.word, file.size.map(Table.size) ?? "-", detail]
  }

  private var read: Int { files.reduce(0) { $0 + ($1.verification.size ?? 0) } }
  private var unreadable: Int { files.count { if case .unreadable = $0.verification.finding { true } else { false } } }

  private var summary: String {
    let there = files.map(\.verification).filter { $0.finding != .missing }
    let damaged = there.count { !$0.damages.isEmpty }
    func count(_ kind: Verification.Kind) -> String {
      let count = there.count { $0.kind == kind }
      return "\(count) \(kind.rawValue)\(count == 1 ? "" : "s")"
    }
    var words = [damaged == 0 ? "none damaged" : "\(damaged) damaged"]
    if unreadable > 0 { words.append("\(unreadable) could not be read") }
    let missing = files.count { $0.verification.finding == .missing }
    if missing > 0 { words.append("\(missing) missing") }
    return "\(count(.artifact)), \(count(.checkpoint)), \(Table.size(read)): \(words.joined(separator: ", "))."
  }
}

extension Verification {
  var damages: [FileError] {
    if case .damaged(let damages) = finding { damages } else { [] }
  }

  /// Damages, or why it could not be read.
  var problems: [FileError] {
    if case .unreadable(let error) = finding { [error] } else { damages }
  }

  var word: String {
    switch finding {
    case .whole: "whole"
    case .missing: "missing"
    case .damaged: "damaged"
    case .unreadable: "unreadable"
    }
  }
}
