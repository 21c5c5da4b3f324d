import IO

/// Why a stage must run, in plain words.
enum Reasons {
  /// How a stage differs from what an artifact was made with; empty where nothing known differs. Inputs that are not known yet are skipped.
  static func changes(from manifest: Manifest, to stage: JobStage, _ contents: [String: Digest], _ externals: [String: Digest?]) -> [String]
  {
    guard manifest.run == stage.kind else { return ["run changed: \(manifest.run) -> \(stage.kind)"] }
    var reasons: [String] = []
    let settings = settings(from: manifest.settings, to: stage.settings)
    if !settings.isEmpty { reasons.append("params changed: \(shortened(settings))") }
    if manifest.version != stage.version { reasons.append("stage version \(manifest.version) -> \(stage.version)") }
    reasons += inputs(from: manifest, to: stage, contents)
    let files = externals.filter { name, digest in digest != nil && digest != manifest.external[name] }.keys.sorted()
    let dropped = manifest.external.keys.filter { externals[$0] == nil }.sorted()
    if !files.isEmpty { reasons.append("input file changed: \(files.joined(separator: ", "))") }
    if !dropped.isEmpty { reasons.append("input file no longer used: \(dropped.joined(separator: ", "))") }
    return reasons
  }

  /// Of a stage that may have to run once its inputs are made.
  static func waiting(for inputs: [String]) -> String {
    "waits for \(inputs.joined(separator: ", ")); up to date if \(inputs.count == 1 ? "its artifact comes" : "their artifacts come") out identical"
  }

  /// `interrupted at step 20000 of 50000 (checkpoint 2026-05-12 02:58 UTC)`.
  static func interrupted(_ checkpoint: CheckpointHead) -> String {
    let total = checkpoint.total.map { " of \($0)" } ?? ""
    return "interrupted at step \(checkpoint.step)\(total) (checkpoint \(Clock.minute(checkpoint.saved)))"
  }

  private static func inputs(from manifest: Manifest, to stage: JobStage, _ contents: [String: Digest]) -> [String] {
    var reasons: [String] = []
    var changed: Set<String> = []
    for role in Set(manifest.inputs.keys).union(stage.needs.keys).sorted() {
      let before = manifest.inputs[role] ?? []
      let now = stage.needs[role] ?? []
      if before.map(\.stage) == now {
        changed.formUnion(before.filter { contents[$0.stage].map { [digest = $0.digest] in $0 != digest } ?? false }.map(\.stage))
      } else {
        reasons.append("needs changed: \(role) \(list(before.map(\.stage))) -> \(list(now))")
      }
    }
    if !changed.isEmpty { reasons.append("input changed: \(changed.sorted().joined(separator: ", "))") }
    return reasons
  }

  /// `attack.steps 5 -> 7` for every setting that differs, sorted by key; the key alone where its values fill more than a line.
  static func settings(from before: JSON, to now: JSON) -> [String] {
    Change.between(before.leaves, now.leaves).map { change in
      let old = change.before?.words ?? "unset"
      let new = change.after?.words ?? "unset"
      return old.count + new.count > 100 ? change.key : "\(change.key) \(old) -> \(new)"
    }
  }

  private static func shortened(_ changes: [String]) -> String {
    guard changes.count > 4 else { return changes.joined(separator: ", ") }
    return changes.prefix(3).joined(separator: ", ") + " and \(changes.count - 3) more"
  }

  private static func list(_ names: [String]) -> String { names.isEmpty ? "nothing" : names.joined(separator: " ") }
}
