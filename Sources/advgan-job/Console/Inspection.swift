import IO
import Jobs

/// An artifact as a person looks at it. Made only of one that was verified.
struct Inspection {
  let artifact: Artifact
  let digest: Digest
  /// Of the whole tar, in bytes.
  let size: Int
  /// The record beside the artifact, whatever file it was written for.
  let record: RunRecord?

  private var manifest: Manifest { artifact.manifest }
  /// How it was made, where the record speaks of these very bytes.
  private var run: RunRecord.Run? { record?.digest == digest ? record?.run : nil }

  /// - Parameter tensors: whether to name each tensor.
  func lines(tensors: Bool = false) throws -> [String] {
    let external = manifest.external.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.short))" }
    var rows = [["made by", "\(manifest.stage): \(manifest.run), stage version \(manifest.version)\(circumstances)"]]
    rows += Inspection.rows("inputs", provenance.links.map(Inspection.line))
    if !external.isEmpty { rows.append(["files", external.joined(separator: "  ")]) }
    rows += Inspection.rows("params", settings)
    rows += Inspection.rows("members", try shownMembers())
    let head = "\(artifact.path)  \(Table.size(size))  sha256 \(digest.short)  verified"
    return ([head] + Table.lines(rows) + (tensors ? try tensorTables() : [])).map(Printable.text)
  }

  func document() throws -> [String: JSON] {
    var members: [String: JSON] = [
      "path": .string(artifact.path.string), "bytes": .integer(size), "sha256": .string(digest.hex), "verified": .bool(true),
      "manifest": manifest.json, "provenance": .array(provenance.links.map(Inspection.json)), "tensors": .object(try allTensors()),
    ]
    if let run {
      members["run"] = .object([
        "started": .real(run.started), "finished": .real(run.finished), "seconds": .real(run.seconds), "threads": .integer(run.threads),
        "kernels": run.arithmetic.map { .string($0.kernels) } ?? .null, "openblas": run.arithmetic.map { .string($0.openBLAS) } ?? .null,
        "resumed_at": run.resumedAt.map(JSON.integer) ?? .null, "program": .string(run.circumstances.program),
        "host": .string(run.circumstances.host), "user": .string(run.circumstances.user),
        "slurm_job": run.circumstances.slurmJob.map(JSON.string) ?? .null,
        "processor": .string(run.circumstances.processor),
      ])
    }
    return members
  }

  private var provenance: Provenance { Provenance(of: manifest, in: artifact.path.removingLastComponent()) }

  /// On one line where they fill no more than that, else one a line.
  private var settings: [String] {
    let all = manifest.settings.canonical
    return all.count <= 100 ? [all] : manifest.settings.leaves.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.words)" }
  }

  private static func rows(_ title: String, _ lines: [String]) -> [[String]] {
    lines.enumerated().map { [$0 == 0 ? title : "", $1] }
  }

  private static func line(_ link: Provenance.Link) -> String {
    let files = link.external.sorted { $0.key < $1.key }.map { ", \($0.key) (\($0.value.short))" }.joined()
    return String(repeating: "  ", count: link.depth) + "\(link.role)=\(link.stage) (\(link.content.short)) \(link.state.rawValue)\(files)"
  }

  private static func json(_ link: Provenance.Link) -> JSON {
    .object([
      "depth": .integer(link.depth), "role": .string(link.role), "stage": .string(link.stage), "content": .string(link.content.hex),
      "state": .string(link.state.rawValue), "external": .object(link.external.mapValues { .string($0.hex) }),
    ])
  }

  /// One for each member that holds tensors.
  private func tensorTables() throws -> [String] {
    try manifest.members.flatMap { member in
      let rows = try tensors(in: member)?.map { [$0.name, $0.type, $0.shape.map(String.init).joined(separator: " x ")] } ?? []
      return rows.isEmpty ? [] : Table.lines([["TENSOR OF \(member.name)", "TYPE", "SHAPE"]] + rows)
    }
  }

  private var circumstances: String {
    guard let run else { return "" }
    let kernels = run.arithmetic.map { ", \($0.words)" } ?? ""
    return ", \(Clock.minute(run.started)), \(Clock.span(run.seconds)), \(run.threads) \(run.threads == 1 ? "thread" : "threads")\(kernels), \(run.circumstances.host), "
      + run.circumstances.program
  }

  /// The first members, one a line; all of them where they are few.
  private func shownMembers() throws -> [String] {
    let most = 30
    let shown = try manifest.members.prefix(most).map { member in
      "\(member.name)  \(try tensors(in: member).map { "\($0.count) tensors, " } ?? "")\(Table.size(member.size))"
    }
    let rest = manifest.members.dropFirst(most)
    guard !rest.isEmpty else { return shown }
    return shown + ["and \(rest.count) more, \(Table.size(rest.reduce(0) { $0 + $1.size })) (all of them: --json)"]
  }

  /// The tensors of a safetensors member; nil for other members, and for what only has the name of one.
  private func tensors(in member: Manifest.Member) throws -> [SafetensorsListing.Tensor]? {
    guard member.name.hasSuffix(".safetensors") else { return nil }
    let bytes = try artifact.bytes(of: member.name)
    return (try? SafetensorsListing(bytes: bytes, from: artifact.path))?.tensors
  }

  /// By member.
  private func allTensors() throws -> [String: JSON] {
    try manifest.members.reduce(into: [:]) { all, member in
      guard let tensors = try tensors(in: member) else { return }
      all[member.name] = .array(
        tensors.map {
          .object(["name": .string($0.name), "type": .string($0.type), "shape": .array($0.shape.map(JSON.integer))])
        })
    }
  }
}
