import IO
import Logging

/// Everything a stage may touch while it runs.
public struct Workspace: Sendable {
  /// The input artifacts by role, in the order of the job file; read-only.
  public let inputs: [String: [Artifact]]
  /// An empty folder on the artifacts' file system. Every file below it becomes a member of the artifact, under its path relative to this
  /// folder, in byte order of the names (ASCII, at most 100 bytes). Times, owners and modes of the files do not matter.
  public let output: FilePath
  /// Saved states, or finished pieces, of earlier, interrupted runs with the same fingerprint.
  public let checkpoints: CheckpointStore
  /// What ``add(_:from:_:)`` was given.
  public let pieceMembers = PieceMembers()
  public let progress: any ProgressReporter
  /// Poll it at step boundaries; when it is raised, save a checkpoint if the stage knows how, and throw ``Stopped``.
  public let stop: StopFlag
  /// How many threads the stage may use; at least 1. The result must not depend on it.
  public let threads: Int
  /// By which kernels the stage is to compute, as ``Arithmetic/kernels`` names them; nil leaves it to the stage.
  public let kernels: String?
  /// Goes to the stage's own log file, `.advgan/logs/STAGE.log`.
  public let log: Logger
  /// Through which everything is written.
  public let disk: any Disk

  public init(
    inputs: [String: [Artifact]], output: FilePath, checkpoints: CheckpointStore, progress: any ProgressReporter = NoProgress(),
    stop: StopFlag = StopFlag(), threads: Int = 1, kernels: String? = nil,
    log: Logger = Logger(label: "stage") { _ in SwiftLogNoOpLogHandler() }, disk: any Disk = LocalDisk()
  ) {
    precondition(threads >= 1, "Workspace: \(threads) threads")
    (self.inputs, self.output, self.checkpoints, self.progress, self.stop) = (inputs, output, checkpoints, progress, stop)
    (self.threads, self.kernels, self.log, self.disk) = (threads, kernels, log, disk)
  }

  /// The artifact of a role that takes exactly one.
  public subscript(role: String) -> Artifact {
    guard let artifacts = inputs[role], artifacts.count == 1 else {
      preconditionFailure(
        "Workspace: the role '\(role)' holds \(inputs[role]?.count ?? 0) artifacts, not one; known: \(inputs.keys.sorted())")
    }
    return artifacts[0]
  }

  /// The artifact of a role that takes one or none.
  public func optional(_ role: String) -> Artifact? { inputs[role]?.first }

  /// Writes a new file below `output`, making the folders it needs. Nothing waits for the disk here: what a crash leaves of the folder is
  /// thrown away, and the artifact made of it is flushed as a whole.
  /// - Parameter name: the member's name, such as `samples/epoch-0001.png`.
  /// - Throws: ``FileError``.
  public func write(_ name: String, _ bytes: [UInt8]) throws(FileError) {
    let path = output.appending(name)
    try disk.makeDirectories(path.removingLastComponent())
    let file = try disk.create(path)
    do throws(FileError) {
      try disk.writeAll(bytes, to: file)
    } catch {
      try? disk.close(file)
      throw error
    }
    try disk.close(file)
  }

  /// Makes a member of a saved piece a member of the artifact, when that lands: as if it had been written below `output`, without a file of
  /// its own there. The piece's bytes are compared with their digest then.
  /// - Parameters:
  ///   - name: in the artifact.
  ///   - member: the name in the piece.
  /// - Throws: ``FileError``: `.missing` where the piece has no such member; `.unsupported` for a name that was added before.
  public func add(_ name: String, from piece: SavedPiece, _ member: String) throws(FileError) {
    try pieceMembers.add(name, from: piece, member, folder: output)
  }
}

/// Where a stage says how far it is. Cheap enough to be called at every step; the receiver thins out.
public protocol ProgressReporter: Sendable {
  /// - Parameters:
  ///   - done: units done, from 0 to `total`; may start above 0 after a resume.
  ///   - unit: in the plural, such as `steps` or `images`.
  ///   - note: a few words, such as `loss 1.83`; may be empty.
  func report(_ done: Int, of total: Int, unit: String, note: String)
}

extension ProgressReporter {
  public func report(_ done: Int, of total: Int, unit: String) { report(done, of: total, unit: unit, note: "") }
}

/// Says nothing.
public struct NoProgress: ProgressReporter {
  public init() {}
  public func report(_ done: Int, of total: Int, unit: String, note: String) {}
}
