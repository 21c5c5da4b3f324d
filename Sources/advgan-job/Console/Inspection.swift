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

  func lines() throws -> [String] {
    let inputs = manifest.inputs.sorted { $0.key < $1.key }.flatMap { role, inputs in
      inputs.map { "\(role)=\($0.stage) (\($0.digest.short))" }
    }
    let external = manifest.external.sorted { $0.key < $1.key }.map { "\($0.key) (\($0.value.short))" }
    var rows = [["made by", "\(manifest.stage): \(manifest.run), stage version \(manifest.version)\(circumstances)"]]
    if !inputs.isEmpty { rows.append(["inputs", inputs.joined(separator: "  ")]) }
    if !external.isEmpty { rows.append(["files", external.joined(separator: "  ")]) }
    rows.append(["params", manifest.settings.canonical])
    for (index, member) in try shownMembers().enumerated() { rows.append([index == 0 ? "members" : "", member]) }
    return ["\(artifact.path)  \(Table.size(size))  sha256 \(digest.short)  verified"] + Table.lines(rows)
  }

  func json() throws -> JSON {
    var members: [String: JSON] = [
      "path": .string(artifact.path.string), "bytes": .integer(size), "sha256": .string(digest.hex), "verified": .bool(true),
      "manifest": manifest.json,
    ]
    if let run {
      members["run"] = .object([
        "started": .real(run.started), "finished": .real(run.finished), "seconds": .real(run.seconds), "threads": .integer(run.threads),
        "kernels": run.kernels.map(JSON.string) ?? .null,
        "resumed_at": run.resumedAt.map(JSON.integer) ?? .null, "program": .string(run.circumstances.program),
        "host": .string(run.circumstances.host), "user": .string(run.circumstances.user),
        "slurm_job": run.circumstances.slurmJob.map(JSON.string) ?? .null,
        "processor": run.circumstances.processor.map(JSON.string) ?? .null,
      ])
    }
    return .object(members)
  }

  private var circumstances: String {
    guard let run else { return "" }
    let kernels = run.kernels.map { ", \($0) kernels" } ?? ""
    return ", \(Clock.minute(run.started)), \(Clock.span(run.seconds)), \(run.threads) threads\(kernels), \(run.circumstances.host), "
      + run.circumstances.program
  }

  /// The first members, one a line; all of them where they are few.
  private func shownMembers() throws -> [String] {
    let most = 30
    let shown = try manifest.members.prefix(most).map { member in
      "\(member.name)  \(try tensors(in: member).map { "\($0) tensors, " } ?? "")\(Table.size(member.size))"
    }
    let rest = manifest.members.dropFirst(most)
    guard !rest.isEmpty else { return shown }
    return shown + ["and \(rest.count) more, \(Table.size(rest.reduce(0) { $0 + $1.size })) (all of them: --json)"]
  }

  /// How many tensors a safetensors member's header names; nil for other members.
  private func tensors(in member: Manifest.Member) throws -> Int? {
    guard member.name.hasSuffix(".safetensors") else { return nil }
    let bytes = try artifact.bytes(of: member.name)
    guard bytes.count >= 8 else { return nil }
    let length = bytes[..<8].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
    guard length <= bytes.count - 8 else { return nil }
    let header = try? JSON(parsing: Array(bytes[8..<8 + Int(length)]))
    return header?.members.map { $0.count { $0.key != "__metadata__" } }
  }
}
