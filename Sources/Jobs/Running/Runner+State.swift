import IO

extension Runner {
  /// What a run knows while it goes on.
  struct State {
    private let runner: Runner
    private let targets: [String]
    private(set) var listing: Listing
    private(set) var plan: Plan
    /// Stages still to be run whatever is there.
    private(set) var forced: Set<String>
    /// Stages that failed, stopped, or were found busy: not to be started again.
    private var ended: Set<String> = []
    var running: Set<String> = []
    var started = 0
    /// Stages that the first plan did not keep.
    let total: Int
    var result = RunResult()

    init(runner: Runner, targets: [String], listing: Listing) {
      self.runner = runner
      self.targets = targets
      self.listing = listing
      forced = runner.options.isForced ? Set(runner.job.graph.closure(of: targets)) : []
      plan = Planner(runner.job).plan(targets, listing, forced: forced)
      total = plan.stages.count { $0.decision != .keep }
    }

    /// Stages not kept by the plan as it is now.
    var left: Int { plan.stages.count { $0.decision != .keep } }

    /// Whether everything wanted was made or kept.
    var isDone: Bool { plan.isUpToDate && result.failures.isEmpty && result.stopped == nil }

    /// Stages whose inputs are all settled, as many as may run beside those that do.
    func startable() -> [PlannedStage] {
      guard runner.stop.reason == nil, result.failures.isEmpty || runner.options.keepsGoing else { return [] }
      let ready = plan.stages.filter { stage in
        guard [.run, .resume].contains(stage.decision), !running.contains(stage.name), !ended.contains(stage.name) else { return false }
        return runner.job.stage(stage.name)?.inputs.allSatisfy { plan[$0]?.decision == .keep } ?? false
      }
      return Array(ready.prefix(max(runner.options.jobs - running.count, 0)))
    }

    /// Takes in how a stage ended, and plans anew.
    mutating func note(_ stage: String, _ outcome: StageRun.Outcome) throws(FileError) {
      running.remove(stage)
      switch outcome {
      case .made:
        forced.remove(stage)
        result.made.append(stage)
      case .foundFresh:
        forced.remove(stage)
        runner.observer.handle(.spared(stage: stage))
      case .stopped(let step):
        ended.insert(stage)
        result.stopped = runner.stop.reason
        result.hasCheckpoint = result.hasCheckpoint || step != nil
        runner.observer.handle(.stopped(stage: stage, step: step))
      case .failed(let failure):
        ended.insert(stage)
        result.failures.append(failure)
        runner.observer.handle(.failed(failure))
      }
      if let stage = runner.job.stage(stage) { try runner.store.refresh(stage, in: &listing) }
      replan()
    }

    /// The result, when nothing runs any more.
    mutating func end() -> RunResult {
      if !plan.isUpToDate, let reason = runner.stop.reason { result.stopped = reason }
      return result
    }

    private mutating func replan() {
      let before = plan
      plan = Planner(runner.job).plan(targets, listing, forced: forced)
      for stage in plan.stages where stage.decision == .keep && before[stage.name]?.decision == .maybe {
        runner.observer.handle(.spared(stage: stage.name))
      }
    }
  }
}

extension Job {
  /// The stages that planning `targets` looks at, in order.
  public func stages(of targets: [String]) -> [JobStage] {
    let wanted = Set(graph.closure(of: targets))
    return stages.filter { wanted.contains($0.name) }
  }
}
