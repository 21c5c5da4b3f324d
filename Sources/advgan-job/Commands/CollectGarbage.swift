import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job gc`.
struct CollectGarbage: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "gc", abstract: "Remove files from the artifact folder that are no longer needed.",
    discussion: """
      Removes the files of stages that are not in the job file, checkpoints that no run would resume from, and leftovers of crashes. If \
      several job files share a folder, each removes the files of the others. Asks before it removes an artifact; without a terminal it \
      needs --yes. Files that may not be this program's stay, and so do those of running stages.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Flag(help: "Do not ask before artifacts are removed.") var yes = false
  @Flag(name: [.customShort("n"), .customLong("dry-run")], help: "Only print what would be removed.") var isDry = false
  @Flag(help: "Print JSON.") var json = false

  func run(with _: KernelChoice) throws {
    try jobOptions.enter()
    let job = try jobOptions.job(Stages.registry, on: LocalDisk())
    let status = try perform(job, on: LocalDisk(), terminal: .standard, ask: Surroundings.question())
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Parameter ask: puts a question to a person; nil where nobody could answer.
  /// - Returns: the exit status.
  func perform(_ job: Job, on disk: any Disk, terminal: Terminal, ask: ((String) -> Bool)?) throws -> Int32 {
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time)
    let garbage = try store.garbage(of: job, seenFrom: Surroundings.host())
    let needsNoWord = isDry || yes || !garbage.remains.contains { $0.kind == .artifact }
    guard try needsNoWord || RemovalReport.isAgreed(to: garbage, json ? nil : ask, terminal) else { return ExitStatus.success }
    let report =
      isDry ? RemovalReport(dry: garbage) : RemovalReport(try Sweep(garbage, from: store, by: Surroundings.circumstances()), of: garbage)
    return report.tell("gc", json: json, terminal) ? ExitStatus.success : ExitStatus.failure
  }
}
