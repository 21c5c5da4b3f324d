import IO

/// What is to be removed from a store, found without a lock and without changing anything.
public struct Removal: Sendable {
  public let remains: [Remains]
  /// Stages that are running, whose files are left alone.
  public let busy: [String]
  /// Symbolic links in the places of files: not followed, and left alone.
  public let links: [FilePath]

  /// In bytes.
  public var size: Int { remains.reduce(0) { $0 + $1.size } }
}

extension Store {
  /// What nobody needs any more: all that is left of stages that the job file does not know, checkpoints that no run would go on from,
  /// and what crashes left.
  ///
  /// Of a stage that is gone an artifact counts only where it opens as one and names that stage itself; what it published does not count,
  /// for nothing proves whose it is.
  /// - Throws: ``FileError`` where the store or an external file cannot be read.
  public func garbage(of job: Job, seenFrom host: String) throws -> Removal {
    let inventory = try Inventory(layout, published: job.publishedFiles, on: disk)
    let names = job.stages.map(\.name)
    let plan = try plan(Request(names), of: job)
    let busy = Set(inventory.remains.map(\.stage)).filter { isRunning($0, seenFrom: host) }
    let known = Set(names)
    let withState = Set(inventory.remains.filter { $0.kind.isState }.map(\.stage))
    let remains = inventory.remains.compactMap { one -> Remains? in
      guard !busy.contains(one.stage) else { return nil }
      guard known.contains(one.stage) else { return isOurs(one, withState) ? one.going("its stage is not in \(job.file)") : nil }
      return reason(one, plan[one.stage]).map(one.going)
    }
    return Removal(remains: remains, busy: busy.sorted(), links: inventory.links)
  }

  /// All that is there of some stages of a job, what they published among it.
  /// - Throws: ``StageBusy`` where one of them is running.
  public func everything(of stages: [String], in job: Job, seenFrom host: String) throws -> Removal {
    let inventory = try Inventory(layout, published: job.publishedFiles, on: disk)
    for stage in stages where isRunning(stage, seenFrom: host) {
      throw StageBusy(stage: stage, owner: LockOwner(reading: layout.owner(stage), on: disk))
    }
    let wanted = Set(stages)
    let links = inventory.links.filter { wanted.contains($0.stem ?? "") || $0.starts(with: layout.state) }
    let withState = Set(inventory.remains.filter { $0.kind.isState }.map(\.stage))
    let remains = try inventory.remains.filter { one in
      guard wanted.contains(one.stage), one.kind.isState || withState.contains(one.stage) || isMade(one) else { return false }
      return try !isStranger(one, job)
    }
    return Removal(remains: remains, busy: [], links: links)
  }

  /// Whether a file in a place of ours is somebody else's.
  private func isStranger(_ one: Remains, _ job: Job) throws -> Bool {
    switch one.kind {
    case .artifact: return try stranger(inPlaceOf: one.stage) != nil
    case .published:
      guard let stage = job.stage(one.stage), one.size > 0 else { return false }
      return !stage.stage.hasPublished(try InputFile(one.path).bytes(at: 0, count: min(one.size, 4096)))
    default: return false
    }
  }

  /// Whether a file beside the state, of which no state is left, goes with an artifact of its stage.
  private func isMade(_ one: Remains) -> Bool {
    one.kind == .leftover || (try? Artifact(opening: layout.artifact(one.stage)))?.manifest.stage == one.stage
  }

  /// Whether a file of a stage that is gone is this program's without doubt.
  private func isOurs(_ one: Remains, _ withState: Set<String>) -> Bool {
    switch one.kind {
    case .artifact: (try? Artifact(opening: one.path))?.manifest.stage == one.stage
    // A temporary file beside artifacts has nothing but its name to prove it, unless the stage is known to have run here.
    case .leftover: one.path.removingLastComponent() != layout.folder || withState.contains(one.stage)
    default: true
    }
  }

  /// Why a file of a stage of the job may go; nil where it may not.
  private func reason(_ one: Remains, _ stage: PlannedStage?) -> String? {
    switch one.kind {
    case .leftover, .staging, .progress: "left by a run that broke off"
    case .checkpoint:
      if stage?.decision == .upToDate, (try? disk.exists(layout.artifact(one.stage))) == true {
        "its stage is up to date"
      } else if let now = stage?.fingerprint, let head = try? CheckpointHead(of: TarIndex(one.path)), head.fingerprint != now {
        "of other settings or inputs than now"
      } else {
        nil
      }
    default: nil
    }
  }
}

extension Job {
  /// By stage the names of the files that it publishes beside its artifact.
  var publishedFiles: [String: [String]] { stages.reduce(into: [:]) { $0[$1.name] = $1.stage.publishedFiles(stage: $1.name) } }
}

extension Remains {
  fileprivate func going(_ why: String) -> Remains {
    var one = self
    one.why = why
    return one
  }
}

extension Remains.Kind {
  /// Whether it lies in `.advgan/` under the stage's name.
  fileprivate var isState: Bool { ![.artifact, .published, .leftover].contains(self) }
}
