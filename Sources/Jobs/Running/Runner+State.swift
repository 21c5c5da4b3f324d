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
    private(set) var running: Set<String> = []
    /// Stages that began, if only to be found busy.
    private var begun: Set<String> = []
    /// Stages that another run holds: since when this one waits for them, in seconds since 1970.
    private var waiting: [String: Double] = [:]
    /// Those of them that were tried a moment ago.
    private var tried: Set<String> = []
    /// Stages that were not up to date in the first plan.
    let total: Int
    var result = RunResult()

    init(runner: Runner, request: Request, listing: Listing) {
      (self.runner, self.request, self.listing) = (runner, request, listing)
      plan = Planner(runner.job).plan(request, listing)
      total = plan.stages.count { $0.decision != .upToDate }
    }

    /// Stages that are not up to date by the plan as it is now.
    var remaining: Int { plan.stages.count { $0.decision != .upToDate } }

    /// Whether everything wanted was made or is up to date.
    var isDone: Bool { plan.isUpToDate && result.failures.isEmpty && result.stopped == nil }

    private var mayStart: Bool { runner.stop.reason == nil && (result.failures.isEmpty || runner.options.keepsGoing) }

    /// Whether there are stages to be tried again.
    var isWaiting: Bool { mayStart && !tried.isEmpty }

    mutating func tryAgain() { tried = [] }

    /// Stages whose inputs are all settled, as many as may run beside those that do.
    func startable() -> [PlannedStage] {
      guard mayStart else { return [] }
      let ready = plan.stages.filter { stage in
        guard [.run, .resume].contains(stage.decision), !running.contains(stage.name), !ended.contains(stage.name) else { return false }
        return !tried.contains(stage.name) && isSettled(stage.name)
      }
      return Array(ready.prefix(max(runner.options.jobs - running.count, 0)))
    }

    /// Takes in that a stage begins.
    mutating func begin(_ planned: PlannedStage) {
      running.insert(planned.name)
      guard begun.insert(planned.name).inserted else { return }
      runner.observer.handle(.started(planned, number: begun.count, total: total))
    }

    /// Takes in how a stage ended, and plans anew.
    mutating func note(_ stage: String, _ outcome: StageRun.Outcome) throws {
      running.remove(stage)
      if case .busy(let busy) = outcome { return note(busy) }
      waiting[stage] = nil
      switch outcome {
      case .busy: break
      case .made:
        request.forced[stage] = nil
        result.made.append(stage)
      case .foundFresh:
        request.forced[stage] = nil
        runner.observer.handle(.foundMade(stage: stage))
      case .stopped(let leaving): stop(stage, leaving)
      case .failed(let failure): fail(failure)
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

    /// Another run holds a stage: waits for it, leaves it, or fails.
    private mutating func note(_ busy: StageBusy) {
      let (stage, now) = (busy.stage, runner.store.uptime())
      if runner.options.ifBusy == .skip {
        ended.insert(stage)
        result.skipped.append(stage)
        return runner.observer.handle(.skipped(stage: stage, busy))
      }
      guard runner.options.ifBusy.waits(after: now - (waiting[stage] ?? now)) else {
        waiting[stage] = nil
        return fail(StageFailure(stage: stage, kind: .busy, sentence: busy.description, log: nil))
      }
      tried.insert(stage)
      guard waiting[stage] == nil else { return }
      waiting[stage] = now
      runner.observer.handle(.waiting(stage: stage, busy))
    }

    private mutating func stop(_ stage: String, _ leaving: StageStop) {
      ended.insert(stage)
      result.stopped = runner.stop.reason
      result.goesOn = result.goesOn || leaving.goesOn
      result.gotFurther = result.gotFurther || leaving.isFurther
      runner.observer.handle(.stopped(stage: stage, leaving))
    }

    private mutating func fail(_ failure: StageFailure) {
      ended.insert(failure.stage)
      result.failures.append(failure)
      runner.observer.handle(.failed(failure))
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
      case .stopped, .failed, .busy: return
      case .made, .foundFresh: break
      }
      guard let planned = plan[stage], [.run, .resume].contains(planned.decision), isSettled(stage) else { return }
      let sentence = "it was up to date and then no longer (\(planned.reason)): something changes its files while the job runs; run again"
      fail(StageFailure(stage: stage, kind: .failed, sentence: sentence, log: nil))
    }

    /// Whether all inputs of a stage are up to date, or not of this plan.
    private func isSettled(_ stage: String) -> Bool {
      runner.job.stage(stage)?.inputs.allSatisfy { plan[$0].map { $0.decision == .upToDate } ?? true } ?? false
    }

    /// The result, when nothing runs any more.
    mutating func end() -> RunResult {
      if runner.stop.reason != nil { waiting.keys.sorted().forEach { stop($0, .before) } }
      if !plan.isUpToDate, let reason = runner.stop.reason { result.stopped = reason }
      return result
    }

    private mutating func replan() {
      let before = plan
      plan = Planner(runner.job).plan(request, listing)
      for stage in plan.stages where stage.decision == .upToDate && before[stage.name]?.decision == .maybe {
        runner.observer.handle(.spared(stage: stage.name))
      }
    }
  }
}
