import IO

/// Takes artifacts that are there as they are (`-t`): each counts as up to date for what it would be made of now, until something changes
/// again. Its manifest still says what it was made with.
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
    self.job = job
    self.store = store
    self.circumstances = circumstances
  }

  /// - Throws: ``StageBusy``; ``FileError``.
  public func run(_ request: Request) throws -> Result {
    var result = Result()
    var listing = try store.listing(of: job.stages(of: request.targets))
    while true {
      let plan = Planner(job).plan(request, listing)
      let isLeft = { (stage: PlannedStage) in stage.decision != .keep && result.refused[stage.name] == nil }
      guard let planned = plan.stages.first(where: isLeft), let stage = job.stage(planned.name) else { return result }
      guard case .present? = listing.artifacts[stage.name] else {
        result.refused[stage.name] = "stage '\(stage.name)' cannot be touched: there is no artifact that is whole (\(planned.reason)); make it"
        continue
      }
      guard let fingerprint = planned.fingerprint else {
        result.refused[stage.name] = "stage '\(stage.name)' cannot be touched: \(planned.reason)"
        continue
      }
      let lock = try StageLock(stage.name, in: store.layout, for: circumstances, at: store.time(), on: store.disk)
      try store.accept(fingerprint, by: circumstances, holding: lock)
      try store.refresh(stage, in: &listing)
      result.touched.append(stage.name)
    }
  }
}
