import IO

/// A job that was sent for a stage: `.advgan/slurm/STAGE.json`. Whether it still waits or runs, Slurm alone knows.
public struct SlurmRecord: Equatable, Sendable {
  public let stage: String
  public let id: SlurmJobID
  /// Of the stage as it would have run when it was sent; nil where an input was still to be made.
  public let fingerprint: Digest?
  /// Seconds since 1970.
  public let submitted: Double
  /// Who sent it: user and machine.
  public let by: String
  /// The jobs that it waits for.
  public let dependencies: [SlurmJobID]
}

extension SlurmRecord: Codable {
  private enum Key: String, CodingKey { case stage, job, cluster, fingerprint, submitted, by, dependencies }

  /// - Throws: `DecodingError`, also for numbers that Slurm never gives.
  public init(from decoder: any Decoder) throws {
    let values = try decoder.container(keyedBy: Key.self)
    let cluster = try values.decodeIfPresent(String.self, forKey: .cluster)
    func id(_ number: Int, _ key: Key) throws -> SlurmJobID {
      guard let id = SlurmJobID(number, cluster: cluster) else {
        throw DecodingError.dataCorruptedError(forKey: key, in: values, debugDescription: "no number of a job")
      }
      return id
    }
    stage = try values.decode(String.self, forKey: .stage)
    self.id = try id(values.decode(Int.self, forKey: .job), .job)
    fingerprint = try values.decodeIfPresent(Digest.self, forKey: .fingerprint)
    submitted = try values.decode(Double.self, forKey: .submitted)
    by = try values.decode(String.self, forKey: .by)
    dependencies = try values.decode([Int].self, forKey: .dependencies).map { try id($0, .dependencies) }
  }

  public func encode(to encoder: any Encoder) throws {
    var values = encoder.container(keyedBy: Key.self)
    try values.encode(stage, forKey: .stage)
    try values.encode(id.number, forKey: .job)
    try values.encodeIfPresent(id.cluster, forKey: .cluster)
    try values.encodeIfPresent(fingerprint, forKey: .fingerprint)
    try values.encode(submitted, forKey: .submitted)
    try values.encode(by, forKey: .by)
    try values.encode(dependencies.map(\.number), forKey: .dependencies)
  }
}

extension Store {
  /// The jobs that were sent for these stages, in their order. A record that is torn or names another stage counts as none.
  public func slurmRecords(of stages: [String]) -> [SlurmRecord] {
    stages.compactMap { stage in
      JSON.decode(SlurmRecord.self, from: layout.slurmRecord(stage), on: disk).flatMap { $0.stage == stage ? $0 : nil }
    }
  }

  /// The jobs that were sent for any stage, also for stages that the job file no longer names.
  public func slurmRecords() throws(FileError) -> [SlurmRecord] {
    guard try disk.exists(layout.slurm) else { return [] }
    let files = try disk.list(layout.slurm).filter { $0.hasSuffix(".json") && !$0.hasPrefix(".") }
    return slurmRecords(of: files.map { String($0.dropLast(5)) })
  }

  func write(_ record: SlurmRecord, holding lock: borrowing SubmitLock) throws(FileError) {
    let path = layout.slurmRecord(record.stage)
    try AtomicFile.removeLeftovers(of: path, on: disk)
    try JSON.publish(record, at: path, on: disk)
  }

  func removeSlurmRecord(of stage: String, holding lock: borrowing SubmitLock) throws(FileError) {
    let path = layout.slurmRecord(stage)
    if try disk.exists(path) { try disk.remove(path) }
  }
}
