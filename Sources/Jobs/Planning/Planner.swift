import IO

/// Decides what must run: a pure function of the job, the store's listing and what is wanted.
///
/// Going forward through the order, a stage *must* run when its artifact is damaged or missing, or was made otherwise than it would be made
/// now; it *may* have to when an input is going to be made again and nothing else has changed. A missing artifact whose record says that it
/// would come out as it was, is *spare*: what was made from it is judged by its record. Going backward, a spare stage runs after all when it
/// is a target or a stage that must run needs it.
public struct Planner: Sendable {
  private let job: Job

  public init(_ job: Job) { self.job = job }

  /// The plan for stages and all they need.
  public func plan(_ targets: [String], _ listing: Listing) -> Plan { plan(Request(targets), listing) }

  public func plan(_ request: Request, _ listing: Listing) -> Plan {
    var planning = Planning(job, request, listing)
    planning.forecast()
    planning.settle()
    return planning.plan
  }
}

/// One plan in the making.
struct Planning {
  let job: Job
  let request: Request
  let listing: Listing
  /// The stages to be planned, each after its inputs.
  let order: [String]
  private let planned: Set<String>
  private var forecasts: [String: Forecast] = [:]

  /// What one stage will come to, as far as its inputs tell.
  private struct Forecast {
    var outcome: Outcome
    /// Known once all inputs and external files are.
    var fingerprint: Digest?
  }

  private enum Outcome {
    /// Kept, for this reason. Its content, known unless the artifact is missing and nobody knows what it was.
    case upToDate(Digest?, String)
    /// Missing, but known from its record; decided on the way back.
    case spare(Digest)
    case mustRun(String)
    case mayRun(String)

    /// The content its consumers can count on; nil while it is going to be made.
    var content: Digest? {
      switch self {
      case .upToDate(let content, _): content
      case .spare(let content): content
      case .mustRun, .mayRun: nil
      }
    }
  }

  init(_ job: Job, _ request: Request, _ listing: Listing) {
    (self.job, self.request, self.listing) = (job, request, listing)
    let targets = Set(request.targets)
    order = request.isAlone ? job.graph.order.filter(targets.contains) : job.graph.closure(of: request.targets)
    planned = Set(order)
  }

  /// Forward: every stage by its inputs.
  mutating func forecast() {
    for name in order {
      if let stage = job.stage(name) { forecasts[name] = forecast(stage) }
    }
  }

  /// Backward: whether a missing artifact must be made again, now that all its consumers are decided.
  mutating func settle() {
    var consumers: [String: [String]] = [:]
    for name in order {
      for input in job.stage(name)?.inputs ?? [] { consumers[input, default: []].append(name) }
    }
    for name in order.reversed() {
      guard case .spare(let content)? = forecasts[name]?.outcome else { continue }
      let outcome = settled(name, content, consumers[name] ?? [])
      forecasts[name]?.outcome = outcome
    }
  }

  var plan: Plan {
    Plan(
      stages: order.compactMap { name in
        guard let stage = job.stage(name), let forecast = forecasts[name] else { return nil }
        return planned(stage, forecast)
      })
  }

  /// What a run that was left before its end did, if it is of no use now.
  private func dropped(_ stage: JobStage, _ fingerprint: Digest?) -> String {
    let checkpoints = listing.checkpoints[stage.name] ?? [:]
    if let fingerprint, checkpoints[fingerprint] != nil { return "" }
    guard let furthest = checkpoints.values.max(by: { $0.step < $1.step }) else { return "" }
    return " (the checkpoint at step \(furthest.step) is of other settings or inputs)"
  }

  private func forecast(_ stage: JobStage) -> Forecast {
    let state = listing.artifacts[stage.name] ?? .absent(last: nil)
    let externals = listing.externals[stage.name] ?? [:]
    let fingerprint = Fingerprint.of(stage, contents(for: stage, made: nil), last: state.manifest, externals)
    func forecast(_ outcome: Outcome) -> Forecast { Forecast(outcome: outcome, fingerprint: fingerprint) }

    if request.old.contains(stage.name) { return forecast(.upToDate(state.manifest?.content, "taken as it is (-o)")) }
    if let sentence = listing.unreadable[stage.name] { return forecast(.mustRun(sentence)) }
    if let reason = request.forced[stage.name] { return forecast(.mustRun(reason)) }
    if case .damaged(let sentence) = state { return forecast(.mustRun("artifact damaged: \(sentence)")) }
    guard let manifest = state.manifest else { return forecast(.mustRun("no artifact yet" + dropped(stage, fingerprint))) }
    var upToDate = "up to date"
    if let words = changes(of: stage, since: manifest, externals) {
      guard state.isPresent else { return forecast(.mustRun("artifact missing; \(words)")) }
      guard let accepted = listing.accepted[stage.name], changes(of: stage, since: accepted, externals) == nil else {
        return forecast(.mustRun(words))
      }
      upToDate = "up to date since it was touched (-t)"
    }
    let waiting = waiting(stage)
    if !waiting.isEmpty { return forecast(.mayRun(Reasons.waiting(for: waiting))) }
    return forecast(state.isPresent ? .upToDate(manifest.content, upToDate) : .spare(manifest.content))
  }

  /// How a stage differs from what its artifact was made with, in words; nil where it does not, as far as its inputs are known.
  private func changes(of stage: JobStage, since made: Manifest, _ externals: [String: Digest?]) -> String? {
    let contents = contents(for: stage, made: made)
    let changes = Reasons.changes(from: made, to: stage, contents, externals)
    guard changes.isEmpty else { return changes.joined(separator: "; ") }
    let isSame = !waiting(stage).isEmpty || Fingerprint.of(stage, contents, last: made, externals) == made.fingerprint
    return isSame ? nil : "its fingerprint is computed differently now"
  }

  /// The inputs that are going to be made, or may be.
  private func waiting(_ stage: JobStage) -> [String] { stage.inputs.filter { !isFixed($0) && forecasts[$0]?.outcome.content == nil } }

  /// The contents of a stage's inputs, as far as they are known: as they are now, and where that is not known, as they were for `made`.
  /// With `made`, old inputs count as they were then.
  private func contents(for stage: JobStage, made: Manifest?) -> [String: Digest] {
    let manifest = made ?? listing.artifacts[stage.name]?.manifest
    var contents: [String: Digest] = [:]
    for name in stage.inputs {
      guard isFixed(name) else {
        contents[name] = forecasts[name]?.outcome.content
        continue
      }
      let then = manifest?.inputs.values.joined().first { $0.stage == name }?.digest
      let now = listing.content(of: name)
      contents[name] = made != nil && request.old.contains(name) ? then ?? now : now ?? then
    }
    return contents
  }

  /// Whether a stage stays as it is, whatever its own inputs are.
  private func isFixed(_ name: String) -> Bool { !planned.contains(name) || request.old.contains(name) }

  private func settled(_ name: String, _ content: Digest, _ consumers: [String]) -> Outcome {
    if request.targets.contains(name) { return .mustRun("artifact missing") }
    var undecided: [String] = []
    for consumer in consumers {
      switch forecasts[consumer]?.outcome {
      case .mustRun: return .mustRun("artifact missing, and \(consumer) needs it")
      case .mayRun: undecided.append(consumer)
      default: break
      }
    }
    if !undecided.isEmpty { return .mayRun("artifact missing; made again if \(undecided.joined(separator: ", ")) must run") }
    return .upToDate(content, "artifact missing, but everything made from it is up to date")
  }

  private func planned(_ stage: JobStage, _ forecast: Forecast) -> PlannedStage {
    func planned(
      _ decision: PlannedStage.Decision, _ reason: String, missing: [String] = [], unreadable: String? = nil, lacking: [String] = []
    ) -> PlannedStage {
      PlannedStage(
        name: stage.name, decision: decision, reason: reason, fingerprint: forecast.fingerprint, missing: missing, unreadable: unreadable,
        lacking: lacking)
    }
    switch forecast.outcome {
    case .upToDate(_, let reason): return planned(.upToDate, reason)
    case .mayRun(let reason): return planned(.maybe, reason)
    case .spare: preconditionFailure("Planner: '\(stage.name)' was left undecided")
    case .mustRun(let reason):
      let unreadable = listing.unreadable[stage.name]
      let missing = unreadable == nil ? (listing.externals[stage.name] ?? [:]).filter { $0.value == nil }.keys.sorted() : []
      let lacking = stage.inputs.filter { isFixed($0) && !(listing.artifacts[$0]?.isPresent ?? false) }
      if missing.isEmpty, unreadable == nil, lacking.isEmpty, request.forced[stage.name] == nil, let fingerprint = forecast.fingerprint,
        let checkpoint = listing.checkpoints[stage.name]?[fingerprint]
      {
        return planned(.resume, Reasons.interrupted(checkpoint))
      }
      return planned(.run, reason, missing: missing, unreadable: unreadable, lacking: lacking)
    }
  }
}

extension Fingerprint {
  /// Of a stage as it would run now; nil while an input's content is not known, or an external file is missing that no manifest remembers.
  /// - Parameters:
  ///   - contents: of the artifacts known so far, by stage name.
  ///   - last: of the artifact that is there or was there last.
  ///   - externals: digests of external files by the stage's own names.
  static func of(_ stage: JobStage, _ contents: [String: Digest], last: Manifest?, _ externals: [String: Digest?]) -> Digest? {
    var inputs: [String: [Manifest.Input]] = [:]
    for (role, names) in stage.needs {
      for name in names {
        guard let content = contents[name] else { return nil }
        inputs[role, default: []].append(Manifest.Input(stage: name, digest: content))
      }
    }
    var external: [String: Digest] = [:]
    for (name, digest) in externals {
      // A missing file counts as unchanged: an artifact may outlive what it was made from.
      guard let digest = digest ?? last?.external[name] else { return nil }
      external[name] = digest
    }
    return of(run: stage.kind, version: stage.version, settings: stage.settings, inputs: inputs, external: external)
  }
}
