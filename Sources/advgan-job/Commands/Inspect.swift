import ArgumentParser
import Foundation
import IO
import Jobs
import NN

/// `advgan-job inspect`.
struct Inspect: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Verify an artifact and show how it was made, its inputs, and its members.",
    discussion: """
      Inputs are listed with their own inputs, and with whether the artifacts on disk are still the ones that were used. Exit status 3 if \
      the artifact is damaged, 66 if it does not exist.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Argument(help: "An artifact (a path with a / in it, or ending in .tar) or a stage of the job file.", completion: TargetCompletion.kind)
  var artifact: String
  @Flag(help: "Name each tensor, with its type and shape.") var tensors = false
  @Flag(help: "Print JSON.") var json = false

  func run(with _: KernelChoice) throws {
    try jobOptions.enter()
    let status = try perform(ArtifactArgument.path(artifact), on: LocalDisk(), terminal: .standard)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Parameter path: nil where a stage of the job file was named.
  private func perform(_ path: FilePath?, on disk: any Disk, terminal: Terminal) throws -> Int32 {
    if let path { return try perform(path, of: nil, on: disk, terminal: terminal) }
    let job = try jobOptions.job(Stages.registry, on: disk)
    let stage = try job.oneStage(artifact).name
    return try perform(StoreLayout(folder: job.artifacts).artifact(stage), of: stage, on: disk, terminal: terminal)
  }

  /// - Parameter stage: that the artifact must be of; nil where it may be any.
  /// - Returns: the exit status.
  func perform(_ path: FilePath, of stage: String? = nil, on disk: any Disk, terminal: Terminal) throws -> Int32 {
    do {
      let artifact = try Artifact(opening: path)
      if let stage, let stranger = artifact.stranger(to: stage) { throw stranger }
      let (digest, damages) = try artifact.inspect()
      for damage in damages { terminal.complain("advgan-job: \(Printable.text("\(damage)"))") }
      guard damages.isEmpty else { return ExitStatus.damaged }
      let inspection = Inspection(
        artifact: artifact, digest: digest, size: try disk.status(path)?.size ?? 0, record: ArtifactArgument.record(for: path, on: disk))
      if json {
        terminal.print(Document.text("inspect", try inspection.document()))
      } else {
        try inspection.lines(tensors: tensors).forEach(terminal.print)
      }
      return ExitStatus.success
    } catch let error as FileError where error.isDamage {
      terminal.complain("advgan-job: \(error)")
      return ExitStatus.damaged
    }
  }
}
