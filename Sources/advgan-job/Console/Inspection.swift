import IO
import Jobs

/// `inspect --json`.
struct InspectionDocument: Codable {
  struct Link: Codable {
    let depth: Int, role: String, stage: String, content: String, state: String
    let external: [String: String]
  }

  struct Tensor: Codable {
    let name: String, type: String, shape: [Int]
  }

  struct Run: Codable {
    let started: Double, finished: Double, seconds: Double, threads: Int
    @OrNull var kernels: String?
    @OrNull var openblas: String?
    @OrNull var resumedAt: Int?
    let program: String, host: String, user: String
    @OrNull var slurmJob: String?
    let processor: String
  }

  let path: String, bytes: Int, sha256: String, verified: Bool
  let manifest: JSON
  let provenance: [Link]
  /// By member.
  let tensors: [String: [Tensor]]
  /// Nil where the record does not speak of these very bytes.
  let run: Run?
}

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

  func document() throws -> InspectionDocument {
    InspectionDocument(
      path: artifact.path.string, bytes: size, sha256: digest.hex, verified: true, manifest: manifest.json,
      provenance: provenance.links.map {
        .init(
          depth: $0.depth, role: $0.role, stage: $0.stage, content: $0.content.hex, state: $0.state.rawValue,
          external: $0.external.mapValues(\.hex))
      }, tensors: try allTensors(),
      run: run.map {
        .init(
          started: $0.started, finished: $0.finished, seconds: $0.seconds, threads: $0.threads, kernels: $0.arithmetic?.kernels,
          openblas: $0.arithmetic?.openBLAS, resumedAt: $0.resumedAt, program: $0.circumstances.program, host: $0.circumstances.host,
          user: $0.circumstances.user, slurmJob: $0.circumstances.slurmJob, processor: $0.circumstances.processor)
      })
  }

  private var provenance: Provenance { Provenance(of: manifest, in: artifact.path.removingLastComponent()) }

  /// On one line where they fill no more than that, else one a line.
  private var settings: [String] {
    let all = manifest.settings.canonical
    return all.count <= 100 ? [all] : manifest.settings.leaves.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.words)" }
  }

  private static func rows(_ title: String, _ lines: [String]) -> [[String]] { lines.enumerated().map { [$0 == 0 ? title : "", $1] } }

  private static func line(_ link: Provenance.Link) -> String {
    let files = link.external.sorted { $0.key < $1.key }.map { ", \($0.key) (\($0.value.short))" }.joined()
    return String(repeating: "  ", count: link.depth) + "\(link.role)=\(link.stage) (\(link.content.short)) \(link.state.rawValue)\(files)"
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
  private func allTensors() throws -> [String: [InspectionDocument.Tensor]] {
    try manifest.members.reduce(into: [:]) { all, member in
      all[member.name] = try tensors(in: member)?.map { .init(name: $0.name, type: $0.type, shape: $0.shape) }
    }
  }
}
