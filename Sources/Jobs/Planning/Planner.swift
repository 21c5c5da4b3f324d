import IO

/// Decides what must run: a pure function of the job, the store's listing, the targets and what is forced.
///
/// Going forward through the order, a stage *must* run when its artifact is damaged or missing, or was made otherwise than it would be made
/// now; it *may* have to when an input is going to be made again and nothing else has changed. A missing artifact whose record says that it
/// would come out as it was, is *spare*: what was made from it is judged by its record. Going backward, a spare stage runs after all when it
/// is a target or a stage that must run needs it.
public struct Planner: Sendable {
  private let job: Job
  private let stages: [String: JobStage]

  public init(_ job: Job) {
    self.job = job
    stages = Dictionary(job.stages.map { ($0.name, $0) }) { first, _ in first }
  }

  /// - Parameters:
  ///   - targets: names of stages.
  ///   - forced: stages that run whatever the listing says (`-B`), from the beginning.
  public func plan(_ targets: [String], _ listing: Listing, forced: Set<String> = []) -> Plan {
    let order = job.graph.closure(of: targets)
    var forecasts: [String: Forecast] = [:]
    for name in order {
      guard let stage = stages[name] else { continue }
      forecasts[name] = forecast(stage, listing, forecasts, isForced: forced.contains(name))
    }
    for name in order.reversed() {
      guard case .spare(let content)? = forecasts[name]?.outcome else { continue }
      let outcome = settle(name, content, isTarget: targets.contains(name), order, forecasts)
      forecasts[name]?.outcome = outcome
    }
    return Plan(
      stages: order.compactMap { name in
        guard let stage = stages[name], let forecast = forecasts[name] else { return nil }
        return planned(stage, forecast, listing, isForced: forced.contains(name))
      })
  }

  /// What one stage will come to, as far as its inputs tell.
  private struct Forecast {
    var outcome: Outcome
    /// Known once all inputs and external files are.
    var fingerprint: Digest?
  }

  private enum Outcome {
    /// Kept; its content.
    case fresh(Digest)
    /// Missing, but known from its record; decided on the way back.
    case spare(Digest)
    /// Missing and not needed, for this reason.
    case idle(Digest, String)
    case mustRun(String)
    case mayRun(String)

    /// The content its consumers can count on; nil while it is going to be made.
    var content: Digest? {
      switch self {
      case .fresh(let content), .spare(let content), .idle(let content, _): content
      case .mustRun, .mayRun: nil
      }
    }
  }

  private func forecast(_ stage: JobStage, _ listing: Listing, _ before: [String: Forecast], isForced: Bool) -> Forecast {
    let waiting = stage.inputs.filter { before[$0]?.outcome.content == nil }
    let contents = before.compactMapValues { $0.outcome.content }
    let state = listing.artifacts[stage.name] ?? .absent(last: nil)
    let fingerprint = Fingerprint.of(stage, contents, last: state.manifest, listing.externals[stage.name] ?? [:])
    func forecast(_ outcome: Outcome) -> Forecast { Forecast(outcome: outcome, fingerprint: fingerprint) }

    if isForced { return forecast(.mustRun("forced (-B)")) }
    if case .damaged(let sentence) = state { return forecast(.mustRun("artifact damaged: \(sentence)")) }
    guard let manifest = state.manifest else { return forecast(.mustRun("no artifact yet")) }
    let changes = Reasons.changes(from: manifest, to: stage, contents, listing.externals[stage.name] ?? [:])
    guard changes.isEmpty, waiting.isEmpty == false || fingerprint == manifest.fingerprint else {
      let words = changes.isEmpty ? "its fingerprint is computed differently now" : changes.joined(separator: "; ")
      return forecast(.mustRun(state.isPresent ? words : "artifact missing; \(words)"))
    }
    guard waiting.isEmpty else {
      return forecast(
        .mayRun(
          "waits for \(waiting.joined(separator: ", ")); kept if \(waiting.count == 1 ? "its artifact comes" : "their artifacts come") out identical"
        ))
    }
    return forecast(state.isPresent ? .fresh(manifest.content) : .spare(manifest.content))
  }

  /// Whether a missing artifact must be made again, now that all its consumers are decided.
  private func settle(_ name: String, _ content: Digest, isTarget: Bool, _ order: [String], _ forecasts: [String: Forecast]) -> Outcome {
    if isTarget { return .mustRun("artifact missing") }
    var undecided: [String] = []
    for consumer in order where stages[consumer]?.inputs.contains(name) ?? false {
      switch forecasts[consumer]?.outcome {
      case .mustRun: return .mustRun("artifact missing, and \(consumer) needs it")
      case .mayRun: undecided.append(consumer)
      default: break
      }
    }
    if !undecided.isEmpty { return .mayRun("artifact missing; made again if \(undecided.joined(separator: ", ")) must run") }
    return .idle(content, "artifact missing, but everything made from it is up to date")
  }

  private func planned(_ stage: JobStage, _ forecast: Forecast, _ listing: Listing, isForced: Bool) -> PlannedStage {
    func planned(_ decision: PlannedStage.Decision, _ reason: String, missing: [String] = []) -> PlannedStage {
      PlannedStage(name: stage.name, decision: decision, reason: reason, fingerprint: forecast.fingerprint, missing: missing)
    }
    switch forecast.outcome {
    case .fresh: return planned(.keep, "up to date")
    case .idle(_, let reason): return planned(.keep, reason)
    case .mayRun(let reason): return planned(.maybe, reason)
    case .spare: preconditionFailure("Planner: '\(stage.name)' was left undecided")
    case .mustRun(let reason):
      let missing = (listing.externals[stage.name] ?? [:]).filter { $0.value == nil }.keys.sorted()
      if missing.isEmpty, !isForced, let fingerprint = forecast.fingerprint,
        let checkpoint = listing.checkpoints[stage.name]?[fingerprint]
      {
        return planned(.resume, Reasons.interrupted(checkpoint))
      }
      return planned(.run, reason, missing: missing)
    }
  }
}

extension ArtifactState {
  /// What is known of the artifact's making; nil where nothing is.
  fileprivate var manifest: Manifest? {
    switch self {
    case .absent(let last): last
    case .damaged: nil
    case .present(let manifest): manifest
    }
  }

  fileprivate var isPresent: Bool {
    if case .present = self { true } else { false }
  }
}
