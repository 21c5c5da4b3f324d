import IO

extension Runner {
  /// What a run knows while it goes on.
  struct State {
    private let runner: Runner
    /// What is wanted still: a stage that was forced and made is forced no longer.
    private(set) var request: Request
    private(set) var listing: Listing
    private(set) var plan: Plan
    /// Stages that failed, stopped, or were found busy: not to be started again.
    private var ended: Set<String> = []
    var running: Set<String> = []
    var started = 0
    /// Stages that the first plan did not keep.
    let total: Int
    var result = RunResult()

    init(runner: Runner, request: Request, listing: Listing) {
      self.runner = runner
      self.request = request
      self.listing = listing
      plan = Planner(runner.job).plan(request, listing)
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
        return isSettled(stage.name)
      }
      return Array(ready.prefix(max(runner.options.jobs - running.count, 0)))
    }

    /// Takes in how a stage ended, and plans anew.
    mutating func note(_ stage: String, _ outcome: StageRun.Outcome) throws {
      running.remove(stage)
      switch outcome {
      case .made:
        request.forced[stage] = nil
        result.made.append(stage)
      case .foundFresh:
        request.forced[stage] = nil
        runner.observer.handle(.spared(stage: stage))
      case .left(let busy):
        ended.insert(stage)
        result.left.append(stage)
        runner.observer.handle(.left(stage: stage, busy))
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
      do {
        try look(at: stage)
      } catch is Stopped {
        // While an input was read for its digest. Nothing more is started, and what is known of the stages that ended must not be lost.
        result.stopped = runner.stop.reason
        return
      }
      replan()
      end(stage, ifStillPlannedAfter: outcome)
    }

    /// Looks again at a stage and at its inputs, which another run may have made meanwhile.
    private mutating func look(at stage: String) throws {
      guard let stage = runner.job.stage(stage) else { return }
      for name in [stage.name] + stage.inputs where !running.contains(name) {
        if let stage = runner.job.stage(name) { try runner.store.refresh(stage, in: &listing) }
      }
    }

    /// A stage that was made, or found fresh, and must run again although its inputs are settled, would do so for ever.
    private mutating func end(_ stage: String, ifStillPlannedAfter outcome: StageRun.Outcome) {
      switch outcome {
      case .stopped, .failed, .left: return
      case .made, .foundFresh: break
      }
      guard let planned = plan[stage], [.run, .resume].contains(planned.decision), isSettled(stage) else { return }
      ended.insert(stage)
      let sentence =
        "it was up to date and then no longer (\(planned.reason)): something changes its files while the job runs; run again"
      let failure = StageFailure(stage: stage, kind: .failed, sentence: sentence, log: nil)
      result.failures.append(failure)
      runner.observer.handle(.failed(failure))
    }

    /// Whether all inputs of a stage are kept, or not of this plan.
    private func isSettled(_ stage: String) -> Bool {
      runner.job.stage(stage)?.inputs.allSatisfy { plan[$0].map { $0.decision == .keep } ?? true } ?? false
    }

    /// The result, when nothing runs any more.
    mutating func end() -> RunResult {
      if !plan.isUpToDate, let reason = runner.stop.reason { result.stopped = reason }
      return result
    }

    private mutating func replan() {
      let before = plan
      plan = Planner(runner.job).plan(request, listing)
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
