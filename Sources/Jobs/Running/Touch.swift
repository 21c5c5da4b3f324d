import IO

/// Takes artifacts that are there as they are (`-t`): each counts as up to date for what it would be made of now, until something changes
/// again. Its manifest still says what it was made with. An artifact that another stage of the same kind made, and that was moved here, gets this stage's
/// name.
public struct Touch: Sendable {
  let job: Job
  let store: Store
  let circumstances: Circumstances

  public struct Result: Equatable, Sendable {
    public var touched: [String] = []
    /// Stages that must run all the same, each with a sentence.
    public var refused: [String: String] = [:]
  }

  public init(_ job: Job, _ store: Store, _ circumstances: Circumstances) {
    (self.job, self.store, self.circumstances) = (job, store, circumstances)
  }

  /// Each stage is looked at once, inputs first.
  /// - Throws: ``StageBusy``; ``FileError``.
  public func run(_ request: Request) throws -> Result {
    var result = Result()
    var listing = try store.listing(of: job.stages(of: request.targets))
    var plan = Planner(job).plan(request, listing)
    for name in plan.stages.map(\.name) {
      guard let planned = plan[name], planned.decision != .upToDate, let stage = job.stage(name) else { continue }
      if (try? Artifact(opening: store.layout.artifact(name)))?.stranger(to: name) != nil {
        try take(stage)
        try store.refresh(stage, in: &listing)
        plan = Planner(job).plan(request, listing)
      }
      guard case .present? = listing.artifacts[name], let manifest = manifest(of: stage, listing) else {
        result.refused[name] = "stage '\(name)' cannot be touched: there is no artifact that is whole (\(planned.reason)); make it"
        continue
      }
      try store.prepare()
      let lock = try StageLock(name, in: store.layout, for: circumstances, at: store.time(), on: store.disk)
      try store.accept(manifest, by: circumstances, holding: lock)
      try store.refresh(stage, in: &listing)
      plan = Planner(job).plan(request, listing)
      result.touched.append(name)
    }
    return result
  }

  private func take(_ stage: JobStage) throws {
    try store.prepare()
    let lock = try StageLock(stage.name, in: store.layout, for: circumstances, at: store.time(), on: store.disk)
    try store.rename(stage, holding: lock)
  }

  /// What the stage would be made with now; nil where an input is not there, and nobody knows what it was.
  private func manifest(of stage: JobStage, _ listing: Listing) -> Manifest? {
    var inputs: [String: [Manifest.Input]] = [:]
    for (role, names) in stage.needs {
      for name in names {
        guard let content = listing.content(of: name) else { return nil }
        inputs[role, default: []].append(Manifest.Input(stage: name, digest: content))
      }
    }
    let external = listing.external(of: stage.name, last: listing.artifacts[stage.name]?.manifest)
    return Manifest(
      stage: stage.name, run: stage.kind, version: stage.version, settings: stage.settings, inputs: inputs, external: external, members: [])
  }
}
