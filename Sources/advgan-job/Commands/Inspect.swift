import ArgumentParser
import Foundation
import IO
import Jobs
import NN

/// `advgan-job inspect`.
struct Inspect: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify an artifact and show how it was made and what is in it.",
    discussion: "Exit status 3 if the artifact is damaged, 66 if it is not there.")

  @OptionGroup var jobOptions: JobOptions
  @Argument(help: "An artifact (a path with a / in it, or ending in .tar) or a stage of the job file.") var artifact: String
  @Flag(help: "Print JSON.") var json = false

  func run(with _: KernelChoice) throws {
    try jobOptions.enter()
    let isPath = artifact.hasSuffix(".tar") || artifact.contains("/")
    let path = isPath ? FilePath(artifact) : try path(of: jobOptions.job(Stages.registry, on: LocalDisk()))
    let status = try perform(path, on: LocalDisk(), terminal: .standard)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// The artifact of the stage that was named.
  func path(of job: Job) throws -> FilePath {
    let stages = try job.stages(for: [artifact])
    guard stages.count == 1 else {
      throw ValidationError("'\(artifact)' stands for \(stages.count) stages; name one of \(stages.joined(separator: ", "))")
    }
    return StoreLayout(folder: job.artifacts).artifact(stages[0])
  }

  /// - Returns: the exit status.
  func perform(_ path: FilePath, on disk: any Disk, terminal: Terminal) throws -> Int32 {
    do {
      let artifact = try Artifact(opening: path)
      try artifact.verify()
      let inspection = Inspection(
        artifact: artifact, digest: try SHA256.digest(ofFile: path), size: try disk.status(path)?.size ?? 0,
        record: Store(at: path.removingLastComponent(), on: disk, time: Surroundings.time).record(of: path.stem ?? ""))
      if json {
        terminal.print(String(try inspection.json().pretty.dropLast()))
      } else {
        try inspection.lines().forEach(terminal.print)
      }
      return ExitStatus.success
    } catch let error as FileError where error.kind == .damaged || error.kind == .unsafe {
      terminal.complain("advgan-job: \(error)")
      return ExitStatus.damaged
    }
  }
}
