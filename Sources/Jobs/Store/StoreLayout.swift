import IO

/// Where everything lies below the folder of the artifacts.
///
/// ```
/// artifacts/cifar10/
///   cotrain.tar                      the artifact of stage `cotrain`; first member `.advgan.json`, its manifest
///   .advgan/                         state that is not a result
///     records/cotrain.json           run record: digest and status of the tar, manifest without members, who, when, where
///     locks/cotrain.lock             empty; locked with flock(2) by the process that runs the stage
///     locks/cotrain.owner.json       who holds the lock; informs people, decides nothing
///     checkpoints/cotrain/           one tar a state, or a piece of the result: `FINGERPRINT-STEP.tar`, first member `.checkpoint.json`
///     staging/cotrain/               output of the running stage; emptied before and after
///     logs/cotrain.log               what the stage's last run wrote to its log, and those before it that it went on from
///     progress/cotrain.json          how far the running stage is; informs people, decides nothing
///     externals/cotrain.json         digests of the stage's external files by path, parts, size, inode and times
///     slurm/cotrain.json             the Slurm job that was sent for the stage last
///     slurm/cotrain.out              what that job and those before it wrote to standard output and standard error
///     slurm/submit.lock              empty; locked with flock(2) while jobs are sent
/// ```
public struct StoreLayout: Sendable, Equatable {
  /// The folder of the artifacts, such as `artifacts/cifar10`.
  public let folder: FilePath

  public init(folder: FilePath) { self.folder = folder }

  public func artifact(_ stage: String) -> FilePath { folder.appending("\(stage).tar") }
  public func log(_ stage: String) -> FilePath { state("logs").appending("\(stage).log") }

  func record(_ stage: String) -> FilePath { state("records").appending("\(stage).json") }
  func lock(_ stage: String) -> FilePath { state("locks").appending("\(stage).lock") }
  func owner(_ stage: String) -> FilePath { state("locks").appending("\(stage).owner.json") }
  func checkpoints(_ stage: String) -> FilePath { state("checkpoints").appending(stage) }
  func staging(_ stage: String) -> FilePath { state("staging").appending(stage) }
  func progress(_ stage: String) -> FilePath { state("progress").appending("\(stage).json") }
  func externals(_ stage: String) -> FilePath { state("externals").appending("\(stage).json") }
  public func slurmOutput(_ stage: String) -> FilePath { slurm.appending("\(stage).out") }
  func slurmRecord(_ stage: String) -> FilePath { slurm.appending("\(stage).json") }
  var slurm: FilePath { state("slurm") }
  var submitLock: FilePath { slurm.appending("submit.lock") }

  /// The folders that must be there before anything is written.
  var folders: [FilePath] { ["records", "locks", "checkpoints", "staging", "logs", "progress", "externals"].map(state) }

  /// The folder of everything but artifacts.
  var state: FilePath { folder.appending(".advgan") }

  private func state(_ name: String) -> FilePath { state.appending(name) }
}
