import Foundation
import IO
import Jobs

/// What commands that speak to Slurm ask of the system and the environment.
extension Surroundings {
  static func slurm() -> SlurmCommands { SlurmCommands(environment: ProcessInfo.processInfo.environment) }

  /// The job that this process runs in, as `scontrol` names it: of an array one job, not all; nil outside Slurm.
  static func slurmJob(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
    if let array = environment["SLURM_ARRAY_JOB_ID"], let task = environment["SLURM_ARRAY_TASK_ID"] { return "\(array)_\(task)" }
    return environment["SLURM_JOB_ID"]
  }

  /// How a job starts this program as it runs now, in the working directory as it is now.
  static func launch(of jobFile: FilePath) -> Launch {
    let directory = FilePath(FileManager.default.currentDirectoryPath)
    let linked = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    // Linux says so of a program that was replaced since it was started; the job then runs the new one.
    let program = linked.map { $0.hasSuffix(" (deleted)") ? String($0.dropLast(10)) : $0 } ?? CommandLine.arguments[0]
    return Launch(program: directory.pushing(FilePath(program)), directory: directory, jobFile: jobFile)
  }

  /// Who sends jobs, and from where.
  static func sender() -> String {
    let circumstances = circumstances()
    return "\(circumstances.user)@\(circumstances.host)"
  }
}
