import IO

/// What Slurm says of the job sent last for a stage, for people. It decides nothing.
public enum SlurmHint: Equatable, Sendable {
  case known(SlurmJob)
  /// Slurm did not answer.
  case unknown(SlurmJobID)

  /// `Slurm job 123 is queued (Dependency)`; nil for a job that is simply done.
  public var words: String? {
    switch self {
    case .known(let job): job.state == "COMPLETED" ? nil : "Slurm job \(job.id) \(job.words)"
    case .unknown(let id): "Slurm job \(id): Slurm did not answer"
    }
  }
}

extension Store {
  /// What Slurm says of the jobs sent for these stages, by stage; a job that it has forgotten has none. Slurm is asked only where
  /// a job was sent; that it does not answer is no error.
  /// - Parameter seconds: to wait for the answer.
  public func slurmHints(of stages: [String], _ client: any SlurmClient, within seconds: Double) -> [String: SlurmHint] {
    let records = slurmRecords(of: stages)
    guard !records.isEmpty else { return [:] }
    do throws(SlurmError) {
      return SlurmJob.byStage(records, try client.jobs(records.map(\.id), within: seconds)).mapValues(SlurmHint.known)
    } catch {
      return records.reduce(into: [:]) { $0[$1.stage] = .unknown($1.id) }
    }
  }
}
