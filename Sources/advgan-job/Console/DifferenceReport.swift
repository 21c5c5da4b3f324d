import Foundation
import IO
import Jobs

/// `diff --json`. Of a change, null stands for what a side does not have, and for the content of an input that is not known yet.
struct DifferenceDocument: Codable {
  struct Change: Codable {
    let key: String, before: JSON, after: JSON
  }

  struct Figure: Codable {
    let member: String, key: String
    @OrNull var before: Double?
    @OrNull var after: Double?
  }

  let before: String, after: String, identical: Bool
  let madeBy: [Change], settings: [Change], inputs: [Change], files: [Change], members: [Change]
  let figures: [Figure]
}

/// How two sides differ, for people and as a document.
struct DifferenceReport {
  let before: ComparedSide
  let after: ComparedSide
  let difference: Difference

  /// More figures than these are left to the document.
  static let mostFigures = 40
  static let mostMembers = 20

  var lines: [String] {
    guard !difference.isEmpty else { return ["\(before.title) and \(after.title) are identical."] }
    let sections = [
      ("made by", difference.making.map { line($0) }), ("params", difference.settings.map { line($0) }),
      ("inputs", difference.inputs.map { line($0) }), ("files", difference.external.map { line($0) }), ("members", members),
    ]
    let rows = sections.flatMap { title, lines in lines.enumerated().map { [$0 == 0 ? title : "", $1] } }
    return (["- \(before.title)", "+ \(after.title)"] + Table.lines(rows) + figures).map(Printable.text)
  }

  var document: DifferenceDocument {
    func changes(_ changes: [Change]) -> [DifferenceDocument.Change] {
      changes.map { .init(key: $0.key, before: $0.before ?? .null, after: $0.after ?? .null) }
    }
    return DifferenceDocument(
      before: before.title, after: after.title, identical: difference.isEmpty, madeBy: changes(difference.making),
      settings: changes(difference.settings), inputs: changes(difference.inputs), files: changes(difference.external),
      members: changes(difference.members),
      figures: difference.figures.map { .init(member: $0.member, key: $0.key, before: $0.before, after: $0.after) })
  }

  private func line(_ change: Change) -> String { "\(change.key) \(words(change.before)) -> \(words(change.after))" }

  /// Digests are shortened, lists of stages read without brackets.
  private func words(_ value: JSON?) -> String {
    switch value {
    case nil: "unset"
    case .null?: "not made yet"
    case .array(let elements)?: elements.isEmpty ? "[]" : elements.map(\.words).joined(separator: " ")
    case let value?: Digest(hex: value.words)?.short ?? value.words
    }
  }

  private var members: [String] {
    func size(_ member: JSON?) -> String { Table.size(member?["bytes"]?.whole ?? 0) }
    let lines = difference.members.map { change in
      if change.before == nil { return "\(change.key) added, \(size(change.after))" }
      if change.after == nil { return "\(change.key) removed, \(size(change.before))" }
      let (old, new) = (size(change.before), size(change.after))
      return old == new ? "\(change.key) changed, \(old)" : "\(change.key) changed, \(old) -> \(new)"
    }
    return shortened(lines, to: DifferenceReport.mostMembers)
  }

  private var figures: [String] {
    guard !difference.figures.isEmpty else { return [] }
    let rows = difference.figures.prefix(DifferenceReport.mostFigures).map { figure in
      let both = figure.before.flatMap { before in figure.after.map { $0 - before } }
      return [
        figure.member, figure.key, figure.before.map(digits) ?? "-", figure.after.map(digits) ?? "-",
        both.map { String(format: "%+.4g", $0) } ?? "",
      ]
    }
    let rest = difference.figures.count - rows.count
    return Table.lines([["MEMBER", "FIGURE", "BEFORE", "AFTER", "DIFFERENCE"]] + rows)
      + (rest > 0 ? ["and \(rest) more (all of them: --json)"] : [])
  }

  /// Six significant digits; whole numbers in full.
  private func digits(_ value: Double) -> String {
    if case .integer(let whole) = JSON.real(value) { return "\(whole)" }
    return String(format: "%.6g", value)
  }

  private func shortened(_ lines: [String], to most: Int) -> [String] {
    lines.count <= most ? lines : lines.prefix(most) + ["and \(lines.count - most) more (all of them: --json)"]
  }
}
