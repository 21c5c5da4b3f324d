import IO

/// All that a plan is made from besides the job: what is in the store, and what external files are now. A value; reading it changes nothing.
public struct Listing: Sendable {
  /// By stage name. A stage that is not listed has no artifact.
  public var artifacts: [String: ArtifactState]
  /// Heads of checkpoints by stage name and fingerprint.
  public var checkpoints: [String: [Digest: CheckpointHead]]
  /// Digests of external inputs by stage name and the stage's own name for them; nil for what is missing.
  public var externals: [String: [String: Digest?]]
  /// By stage name, why it cannot run: an external input cannot be read, or something else stands in its artifact's place; in a sentence.
  public var unreadable: [String: String] = [:]
  /// By stage name what an artifact counts as made with beside what it was made with, because somebody took it as it is (`-t`).
  public var accepted: [String: Manifest]

  public init(
    artifacts: [String: ArtifactState] = [:], checkpoints: [String: [Digest: CheckpointHead]] = [:],
    externals: [String: [String: Digest?]] = [:], accepted: [String: Manifest] = [:]
  ) { (self.artifacts, self.checkpoints, self.externals, self.accepted) = (artifacts, checkpoints, externals, accepted) }
}

extension Listing {
  /// The content of a stage's artifact, or of the one that was there last; nil where nobody knows it.
  func content(of stage: String) -> Digest? { artifacts[stage]?.manifest?.content }

  /// The digests of a stage's external files. What is missing counts as it was for `last`: an artifact may outlive what it was made from.
  func external(of stage: String, last: Manifest?) -> [String: Digest] {
    (externals[stage] ?? [:]).reduce(into: [:]) { $0[$1.key] = $1.value ?? last?.external[$1.key] }
  }
}

/// What the store holds for one stage.
public enum ArtifactState: Sendable, Equatable {
  /// No tar. `last`: the manifest of the one that was there last, without members, where a record of it remains.
  case absent(last: Manifest?)
  /// A tar that is not what it should be, with the sentence that says so.
  case damaged(String)
  /// A tar whose digest holds; the manifest without members.
  case present(Manifest)
}

extension ArtifactState {
  /// What is known of the artifact's making; nil where nothing is.
  var manifest: Manifest? {
    switch self {
    case .absent(let last): last
    case .damaged: nil
    case .present(let manifest): manifest
    }
  }

  var isPresent: Bool {
    if case .present = self { true } else { false }
  }
}

/// Taking stock of a store.
extension Store {
  /// What the store and the outside hold for `stages`; for a plan.
  /// - Throws: ``FileError`` where a folder of the store cannot be read; what `reading` throws. Damaged artifacts and external files that cannot be
  ///   read are no error but part of the answer.
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
    listing.unreadable[stage.name] = nil
    if let stranger = try stranger(inPlaceOf: stage.name, record, status) {
      listing.artifacts[stage.name] = .absent(last: record?.manifest)
      listing.unreadable[stage.name] = "\(stranger)"
    } else {
      listing.artifacts[stage.name] = try state(of: stage.name, record, status)
      listing.accepted[stage.name] = try accepted(stage.name, record, status)
    }
    listing.checkpoints[stage.name] = try CheckpointFolder(layout.checkpoints(stage.name), on: disk).heads()
    var digests: [String: Digest?] = [:]
    for (name, input) in stage.stage.externalInputs.sorted(by: { $0.key < $1.key }) {
      do {
        digests[name] = .some(try externals.digest(of: input, for: stage.name))
      } catch let error as FileError {
        // The trouble of this stage alone: it is part of the answer, like a missing file.
        digests[name] = .some(nil)
        listing.unreadable[stage.name] = listing.unreadable[stage.name] ?? "its input '\(name)' cannot be read: \(error)"
      }
    }
    listing.externals[stage.name] = digests
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
}
