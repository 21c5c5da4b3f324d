import IO

/// The artifacts of one job and the state beside them, on a disk. Reading never writes; every change of a stage's state takes its lock.
public struct Store: Sendable {
  public let layout: StoreLayout
  public let disk: any Disk
  /// Seconds since 1970.
  let time: @Sendable () -> Double
  let externals: ExternalDigests

  /// - Parameters:
  ///   - time: seconds since 1970.
  ///   - reading: is told, while an external file is read for its digest, how many of its bytes were read and of how many that count (0
  ///     while that is being found out). Such a file may hold hundreds of gigabytes; what is thrown here ends the reading.
  public init(
    at folder: FilePath, on disk: any Disk, time: @escaping @Sendable () -> Double,
    reading: @escaping @Sendable (_ file: FilePath, _ done: Int, _ total: Int) throws -> Void = { _, _, _ in }
  ) {
    layout = StoreLayout(folder: folder)
    (self.disk, self.time) = (disk, time)
    externals = ExternalDigests(layout, on: disk, time: time, reading: reading)
  }

  /// What the store and the outside hold for `stages`; for a plan.
  /// - Throws: ``FileError`` where a folder or an external file cannot be read; what `reading` throws. Damaged artifacts are no error but
  ///   part of the answer.
  public func listing(of stages: [JobStage]) throws -> Listing {
    var listing = Listing()
    for stage in stages { try refresh(stage, in: &listing) }
    return listing
  }

  /// The plan for a request, by what is there now.
  public func plan(_ request: Request, of job: Job) throws -> Plan {
    Planner(job).plan(request, try listing(of: job.stages(of: request.targets)))
  }

  /// Looks again at one stage.
  func refresh(_ stage: JobStage, in listing: inout Listing) throws {
    let record = record(of: stage.name)
    let status = try disk.status(layout.artifact(stage.name))
    listing.artifacts[stage.name] = try state(of: stage.name, record, status)
    listing.accepted[stage.name] = try accepted(stage.name, record, status)
    listing.checkpoints[stage.name] = try CheckpointFolder(layout.checkpoints(stage.name), on: disk).heads()
    var digests: [String: Digest?] = [:]
    for (name, input) in stage.stage.externalInputs { digests[name] = .some(try externals.digest(of: input, for: stage.name)) }
    listing.externals[stage.name] = digests
  }

  /// The record of a stage's artifact, as it was written; nil where it is missing or torn, or its fingerprint does not follow from the
  /// rest of it. (Its content cannot be checked so: the members stand in the artifact alone.)
  public func record(of stage: String) -> RunRecord? {
    guard let record = JSON.decode(RunRecord.self, from: layout.record(stage), on: disk), record.manifest.hasOwnFingerprint else {
      return nil
    }
    return record
  }

  /// Whether the artifact is there and whole. It is read only where its record does not vouch for the file as it is now.
  private func state(of stage: String, _ record: RunRecord?, _ status: FileStatus?) throws(FileError) -> ArtifactState {
    guard let status else { return .absent(last: record?.manifest) }
    if let record, record.status == status { return .present(record.manifest) }
    do throws(FileError) {
      return .present(try verified(stage).head)
    } catch  where error.kind == .damaged || error.kind == .unsafe || error.kind == .unsupported {
      return .damaged(error.description)
    }
  }

  /// What the artifact counts as made with because somebody said so: of these bytes, wherever the file was copied from.
  private func accepted(_ stage: String, _ record: RunRecord?, _ status: FileStatus?) throws(FileError) -> Manifest? {
    guard let record, let manifest = record.accepted?.manifest, manifest.hasOwnFingerprint, status != nil else { return nil }
    if record.status == status { return manifest }
    return try SHA256.digest(ofFile: layout.artifact(stage)) == record.digest ? manifest : nil
  }

  /// Reads a stage's artifact from end to end. It must name the stage: nothing else in it depends on that name.
  /// - Throws: ``FileError``.
  func verified(_ stage: String) throws(FileError) -> Manifest {
    let artifact = try Artifact(opening: layout.artifact(stage))
    try artifact.verify()
    if let stranger = artifact.stranger(to: stage) { throw stranger }
    return artifact.manifest
  }

  /// Makes the folders that everything else lies in.
  func prepare() throws(FileError) {
    for folder in layout.folders { try disk.makeDirectories(folder) }
  }
}
