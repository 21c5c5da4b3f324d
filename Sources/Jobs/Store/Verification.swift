import IO

/// One file of a store, read from end to end.
public struct Verification: Sendable {
  public enum Kind: String, Sendable { case artifact, checkpoint }

  public enum Finding: Equatable, Sendable {
    /// Every byte is as the file itself, and its record, say.
    case whole
    /// There is no such file.
    case missing
    /// At least one thing is not as it should be; each in a sentence.
    case damaged([FileError])
    /// The system would not let it be read to its end.
    case unreadable(FileError)
  }

  public let kind: Kind
  public let path: FilePath
  /// In bytes; nil where there is no file.
  public let size: Int?
  public let finding: Finding
  /// What one should know of a file that is whole, in a few words.
  public let note: String?
}

/// Reads artifacts and checkpoints from end to end; takes no lock and writes nothing.
public struct Verifier {
  private let disk: any Disk
  /// Is told how many bytes were read since it was told last.
  private let progress: (Int) -> Void

  public init(on disk: any Disk, progress: @escaping (Int) -> Void = { _ in }) { (self.disk, self.progress) = (disk, progress) }

  /// - Parameters:
  ///   - stage: that an artifact there must be of; nil where it may be any.
  ///   - record: of the artifact at `path`, where there is one; asked for whenever the file is looked at.
  public func verify(_ path: FilePath, of stage: String? = nil, record: @autoclosure () -> RunRecord?) -> Verification {
    var (verification, isSettled) = look(path, stage, record())
    // A run may put another file in its place meanwhile, and its record a moment later.
    for _ in 0..<2 where !isSettled { (verification, isSettled) = look(path, stage, record()) }
    return verification
  }

  /// - Returns: also whether the file was the same before and after.
  private func look(_ path: FilePath, _ stage: String?, _ record: RunRecord?) -> (Verification, isSettled: Bool) {
    var status: FileStatus?
    var kind = Verification.Kind.artifact
    func verification(_ finding: Verification.Finding, _ note: String? = nil) -> Verification {
      Verification(kind: kind, path: path, size: status?.size, finding: finding, note: note)
    }
    do throws(FileError) {
      status = try disk.status(path)
      guard let status else { return (verification(.missing), true) }
      if try TarIndex(path).entries.first?.name == CheckpointHead.memberName { kind = .checkpoint }
      let (damages, note) = kind == .checkpoint ? (try checkpoint(path), nil) : try artifact(path, stage, status, record)
      return (verification(damages.isEmpty ? .whole : .damaged(damages), note), try disk.status(path) == status)
    } catch {
      switch error.kind {
      case .damaged, .unsafe, .unsupported: return (verification(.damaged([error])), (try? disk.status(path)) == status)
      case .missing: return (verification(.missing), (try? disk.status(path)) == nil)
      case .noSpace, .permission, .io: return (verification(.unreadable(error)), true)
      }
    }
  }

  private func artifact(
    _ path: FilePath, _ stage: String?, _ status: FileStatus, _ record: RunRecord?
  ) throws(FileError) -> ([FileError], String?) {
    let artifact = try Artifact(opening: path)
    var (digest, damages) = try artifact.inspect(increments())
    if let stage, let stranger = artifact.stranger(to: stage) { damages.append(stranger) }
    guard let record else { return (damages, "without a record") }
    if record.status != status { return (damages, digest == record.digest ? nil : "not the file of its record") }
    if digest != record.digest, damages.isEmpty {
      damages = [
        FileError(
          .damaged, path, expected: "the digest \(record.digest.short) of its record", found: digest.short,
          advice: "remove the file and run make again, which rebuilds it")
      ]
    }
    return (damages, nil)
  }

  private func checkpoint(_ path: FilePath) throws(FileError) -> [FileError] {
    let tar = try TarIndex(path)
    let head = try CheckpointHead(of: tar)
    let others = try head.damages(in: tar, increments())
    return (head.misnaming(of: path).map { [$0] } ?? []) + others
  }

  /// Turns the place that was read to into what came since.
  private func increments() -> (Int) -> Void {
    var before = 0
    return { place in
      progress(place - before)
      before = place
    }
  }
}

extension Store {
  /// The artifact of a stage, then its checkpoints, each read from end to end.
  /// - Throws: ``FileError`` where the folder of the checkpoints cannot be listed.
  public func verify(_ stage: String, progress: @escaping (Int) -> Void = { _ in }) throws(FileError) -> [Verification] {
    let verifier = Verifier(on: disk, progress: progress)
    let artifact = verifier.verify(layout.artifact(stage), of: stage, record: record(of: stage))
    // One that is gone by now was superseded by a newer one, or by the artifact.
    let checkpoints = try CheckpointFolder(layout.checkpoints(stage), on: disk).paths().map { verifier.verify($0, record: nil) }
    return [artifact] + checkpoints.filter { $0.finding != .missing }
  }

  /// How many bytes ``verify(_:progress:)`` would read.
  public func sizeToVerify(_ stage: String) throws(FileError) -> Int {
    let paths = try [layout.artifact(stage)] + CheckpointFolder(layout.checkpoints(stage), on: disk).paths()
    var size = 0
    for path in paths { size += try disk.status(path)?.size ?? 0 }
    return size
  }
}
