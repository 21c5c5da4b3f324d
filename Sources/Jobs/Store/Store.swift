import IO

/// The artifacts of one job and the state beside them, on a disk. Reading never writes; every change of a stage's state takes its lock.
public struct Store: Sendable {
  public let layout: StoreLayout
  public let disk: any Disk
  /// Seconds since 1970.
  let time: @Sendable () -> Double
  let externals: ExternalDigests

  public init(at folder: FilePath, on disk: any Disk, time: @escaping @Sendable () -> Double) {
    layout = StoreLayout(folder: folder)
    self.disk = disk
    self.time = time
    externals = ExternalDigests(layout, on: disk, time: time)
  }

  /// What the store and the outside hold for `stages`; for a plan.
  /// - Throws: ``FileError`` where a folder or an external file cannot be read. Damaged artifacts are no error but part of the answer.
  public func listing(of stages: [JobStage]) throws(FileError) -> Listing {
    var listing = Listing()
    for stage in stages { try refresh(stage, in: &listing) }
    return listing
  }

  /// Looks again at one stage.
  func refresh(_ stage: JobStage, in listing: inout Listing) throws(FileError) {
    listing.artifacts[stage.name] = try state(of: stage.name)
    listing.checkpoints[stage.name] = try CheckpointFolder(layout.checkpoints(stage.name), on: disk).heads()
    var digests: [String: Digest?] = [:]
    for (name, path) in stage.stage.externalInputs { digests[name] = .some(try externals.digest(of: path, for: stage.name)) }
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
  func state(of stage: String) throws(FileError) -> ArtifactState {
    let record = record(of: stage)
    guard let status = try disk.status(layout.artifact(stage)) else { return .absent(last: record?.manifest) }
    if let record, record.status == status { return .present(record.manifest) }
    do throws(FileError) {
      return .present(try verified(stage).head)
    } catch  where error.kind == .damaged || error.kind == .unsafe || error.kind == .unsupported {
      return .damaged(error.description)
    }
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
