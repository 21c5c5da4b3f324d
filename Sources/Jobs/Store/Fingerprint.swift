import IO

/// The two digests that decide what must run.
///
/// The *fingerprint* of a stage is the SHA-256 of the canonical JSON of everything that can change its bytes: the kind of stage, the
/// kind's version, the resolved settings, for each role the names and contents of the input artifacts, and the digests of external
/// files. Resources, checkpoint intervals, paths, host, threads and the stage's own name are not in it.
///
/// The *content* of an artifact is the SHA-256 of what a later stage can see of it: its kind, its settings (a later stage may re-read
/// them) and its members; not what it was made from. So an artifact that comes out identical although one of its inputs changed makes
/// nothing after it stale: early cut-off.
enum Fingerprint {
  static func of(run: String, version: Int, settings: JSON, inputs: [String: [Manifest.Input]], external: [String: Digest]) -> Digest {
    let roles = inputs.filter { !$0.value.isEmpty }.mapValues { inputs in
      JSON.array(inputs.map { .array([.string($0.stage), .string($0.digest.hex)]) })
    }
    return digest([
      "fingerprint": .integer(1), "run": .string(run), "version": .integer(version), "settings": settings, "inputs": .object(roles),
      "external": .object(external.mapValues { .string($0.hex) }),
    ])
  }

  /// The canonical JSON is hashed as it is written: the members may be hundreds of thousands.
  static func content(run: String, settings: JSON, members: [Manifest.Member]) -> Digest {
    var hash = SHA256()
    hash.update(Array(#"{"content":1,"members":["#.utf8))
    for (number, member) in members.enumerated() {
      let name = JSON.string(member.name).canonical
      hash.update(Array("\(number > 0 ? "," : "")[\(name),\(member.size),\"\(member.sha256.hex)\"]".utf8))
    }
    hash.update(Array(#"],"run":\#(JSON.string(run).canonical),"settings":\#(settings.canonical)}"#.utf8))
    return hash.finalize()
  }

  private static func digest(_ parts: [String: JSON]) -> Digest { SHA256.digest(of: Array(JSON.object(parts).canonical.utf8)) }
}
