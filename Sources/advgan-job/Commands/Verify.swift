import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job verify`.
struct Verify: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Read artifacts and checkpoints from end to end and compare every byte with its digest.",
    discussion: """
      Takes no lock and writes nothing. A target means all the stages it needs. Exit status 3 if something is damaged, 66 if a file that \
      you name does not exist. A stage without an artifact is not an error.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Argument(
    help: "Targets, or paths of artifacts (with a / in them, or ending in .tar); default: 'all'.", completion: TargetCompletion.kind)
  var targets: [String] = []
  @Flag(help: "Print JSON.") var json = false

  func run(with _: KernelChoice) throws {
    try jobOptions.enter()
    let needsJob = targets.isEmpty || targets.contains { ArtifactArgument.path($0) == nil }
    let job = needsJob ? try jobOptions.job(Stages.registry, on: LocalDisk()) : nil
    let status = try perform(job, on: LocalDisk(), terminal: .standard)
    if status != ExitStatus.success { throw ExitCode(status) }
  }

  /// - Parameter job: nil where only paths were named.
  /// - Returns: the exit status.
  func perform(_ job: Job?, on disk: any Disk, terminal: Terminal) throws -> Int32 {
    let paths = targets.compactMap(ArtifactArgument.path)
    let names = targets.filter { ArtifactArgument.path($0) == nil }
    let stages = targets.isEmpty || !names.isEmpty ? try job.map { try $0.graph.closure(of: $0.stages(for: names)) } ?? [] : []
    let store = Store(at: job?.artifacts ?? "", on: disk, time: Surroundings.time)
    let sizes = try stages.map(store.sizeToVerify) + paths.map { try disk.status($0)?.size ?? 0 }
    let progress = ByteProgress(terminal, of: sizes.reduce(0, +))
    var files: [(stage: String?, verification: Verification)] = []
    for stage in stages { files += try store.verify(stage) { progress.add($0) }.map { (stage, $0) } }
    let verifier = Verifier(on: disk) { progress.add($0) }
    for path in paths { files.append((nil, verifier.verify(path, record: ArtifactArgument.record(for: path, on: disk)))) }
    return tell(VerificationReport(files: files), terminal)
  }

  private func tell(_ report: VerificationReport, _ terminal: Terminal) -> Int32 {
    if json { terminal.print(Document.text("verify", report.document)) } else { report.lines.map(Printable.text).forEach(terminal.print) }
    for complaint in report.complaints { terminal.complain("advgan-job: \(Printable.text(complaint))") }
    return report.status
  }
}
