import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job diff`.
struct Diff: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Compare two artifacts: settings, inputs, members and figures; or one with its stage as it would be made now.",
    discussion: """
      Figures are the numbers in JSON members, and in the last line of JSON Lines members such as metrics.jsonl. Exit status 0 if nothing \
      differs, 1 if something does, 3 if an artifact is damaged, 66 if it is not there.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Argument(
    help: "A stage of the job file, a path of an artifact (with a / in it, or ending in .tar), or of a record (ending in .json).",
    completion: TargetCompletion.kind) var first: String
  @Argument(help: "What to compare it with; without it, the stage as the job file has it now.", completion: TargetCompletion.kind)
  var second: String?
  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard second != nil || !Diff.isPath(first) else {
      throw ValidationError("'\(first)' is a path: name a second one, or a stage of the job file alone")
    }
  }

  func run(with _: KernelChoice) throws {
    try jobOptions.enter()
    let needsJob = [first, second ?? first].contains { !Diff.isPath($0) }
    let job = needsJob ? try jobOptions.job(Stages.registry, on: LocalDisk()) : nil
    let status = try perform(job, on: LocalDisk(), terminal: .standard)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Parameter job: nil where only paths were named.
  /// - Returns: the exit status.
  func perform(_ job: Job?, on disk: any Disk, terminal: Terminal) throws -> Int32 {
    do {
      let before = try side(first, job, disk)
      let after = try second.map { try side($0, job, disk) } ?? now(job, disk)
      let report = DifferenceReport(before: before, after: after, difference: try Difference(from: before, to: after))
      if json { terminal.print(Document.text("diff", report.document)) } else { report.lines.forEach(terminal.print) }
      return report.difference.isEmpty ? ExitStatus.success : ExitStatus.stale
    } catch let error as FileError where error.isDamage {
      terminal.complain("advgan-job: \(error)")
      return ExitStatus.damaged
    }
  }

  private static func isPath(_ word: String) -> Bool { word.hasSuffix(".json") || ArtifactArgument.path(word) != nil }

  private func side(_ word: String, _ job: Job?, _ disk: any Disk) throws -> ComparedSide {
    if word.hasSuffix(".json") { return try ComparedSide(recordAt: FilePath(word), on: disk) }
    if let path = ArtifactArgument.path(word) { return ComparedSide(try ArtifactArgument.whole(path)) }
    guard let job else { preconditionFailure("Diff.side: no job for '\(word)'") }
    let path = try ArtifactArgument.path(word, of: job)
    guard try disk.exists(path) else {
      throw FileError(.missing, path, expected: "the artifact of stage '\(word)'", advice: "make it first")
    }
    return ComparedSide(try ArtifactArgument.whole(path))
  }

  /// The first one's stage as it would be made now.
  private func now(_ job: Job?, _ disk: any Disk) throws -> ComparedSide {
    guard let job else { preconditionFailure("Diff.now: no job") }
    let stage = try job.oneStage(first)
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time)
    let listing = try store.listing(of: job.stages.filter { $0.name == stage.name || stage.inputs.contains($0.name) })
    let manifest = try ArtifactArgument.whole(store.layout.artifact(stage.name)).manifest
    return ComparedSide(stage, in: listing, of: job, last: manifest)
  }
}
