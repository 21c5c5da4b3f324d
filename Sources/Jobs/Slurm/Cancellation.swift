/// Which remembered jobs `cancel` ends, and in which order.
public struct Cancellation: Equatable, Sendable {
  public struct Item: Equatable, Sendable {
    public let stage: String
    public let job: SlurmJob
  }

  /// What still waits or runs, a job before those that it waits for: else Slurm might start one for a moment.
  public let items: [Item]

  /// - Parameters:
  ///   - records: of the jobs in question.
  ///   - jobs: what Slurm says of them.
  ///   - order: names of stages, each after what it needs; stages that the job file no longer names are cancelled first.
  public init(_ records: [SlurmRecord], _ jobs: [SlurmJob], order: [String]) {
    let known = SlurmJob.byStage(records, jobs).filter { $0.value.phase != .ended }
    let strangers = known.keys.filter { !order.contains($0) }.sorted()
    items = (strangers + order.reversed()).compactMap { stage in known[stage].map { Item(stage: stage, job: $0) } }
  }
}
