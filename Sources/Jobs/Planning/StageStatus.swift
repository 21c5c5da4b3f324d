import IO

/// What a person asks of one stage: is it running, how far, what is planned, what is there. Read without taking a lock.
public struct StageStatus: Sendable {
  public let planned: PlannedStage
  /// Whether some process runs the stage now, and who, as far as is known.
  public let isRunning: Bool
  /// When a run on another machine last gave a sign of life, in seconds since 1970, where its note is all that tells of it; nil where its
  /// lock was seen.
  public let lastSign: Double?
  public let owner: LockOwner?
  /// How far it is; nil while it has not said.
  public let progress: StageProgress?
  /// The record of its artifact.
  public let record: RunRecord?
  /// Size of its artifact in bytes; nil where there is none.
  public let size: Int?

  /// `running`, `fresh`, `stale`, `missing`, `interrupted`, `waiting`.
  public var word: String {
    if isRunning { return "running" }
    switch planned.decision {
    case .upToDate: return size == nil ? "missing" : "fresh"
    case .run: return size == nil ? "missing" : "stale"
    case .resume: return "interrupted"
    case .maybe: return "waiting"
    }
  }
}

extension Store {
  /// The status of every stage of a plan, in its order, as seen from `host`.
  public func status(of plan: Plan, seenFrom host: String) throws(FileError) -> [StageStatus] {
    var statuses: [StageStatus] = []
    for planned in plan.stages { statuses.append(try status(of: planned, seenFrom: host)) }
    return statuses
  }

  private func status(of planned: PlannedStage, seenFrom host: String) throws(FileError) -> StageStatus {
    let presence = presence(of: planned.name, seenFrom: host)
    return StageStatus(
      planned: planned, isRunning: presence.isRunning, lastSign: presence.lastSign, owner: presence.isRunning ? presence.owner : nil,
      progress: presence.isRunning ? presence.progress : nil, record: record(of: planned.name),
      size: try disk.status(layout.artifact(planned.name))?.size)
  }
}
