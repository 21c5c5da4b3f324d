import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job graph`.
struct Graph: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "Draw the stages, what each needs, and its state.",
    discussion: """
      The tree lists each stage below the stages it needs, without needs that follow from others. dot (for Graphviz) and mermaid show \
      every arrow. Takes no lock and writes nothing.
      """)

  @OptionGroup var jobOptions: JobOptions
  @Argument(help: "Targets to draw, with all they need (default: 'all').", completion: TargetCompletion.kind) var targets: [String] = []
  @Option(help: "The notation: \(GraphReport.Notation.allCases.map(\.rawValue).joined(separator: ", ")).")
  var format = GraphReport.Notation.ascii
  @Flag(help: "Print JSON.") var json = false

  func run(with _: KernelChoice) throws {
    try jobOptions.enter()
    try perform(jobOptions.job(Stages.registry, on: LocalDisk()), on: LocalDisk(), terminal: .standard)
  }

  func perform(_ job: Job, on disk: any Disk, terminal: Terminal) throws {
    let stages = try job.stages(for: targets)
    let store = Store(at: job.artifacts, on: disk, time: Surroundings.time, reading: terminal.tellReading)
    let plan = try store.plan(Request(stages), of: job)
    let report = GraphReport(job: job, statuses: try store.status(of: plan, seenFrom: Surroundings.host()))
    (json ? [Document.text("graph", report.document)] : report.lines(format)).forEach(terminal.print)
  }
}

extension GraphReport.Notation: ExpressibleByArgument {}
