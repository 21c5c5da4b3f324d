import AdvGAN
import ArgumentParser
import Jobs
import NN

/// `advgan-job bench kernels`.
struct BenchKernels: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "kernels", abstract: "Measure single operations at shapes of the networks, against what the machine can do at most.",
    discussion: """
      A time is the best of all rounds, of which there are at least two. GFLOPS count the operations of the plain definition: Winograd's \
      convolutions need fewer, and can exceed the peak. Their filters are transformed beforehand, as they are in an attack. GB/s count \
      inputs and results once. The peaks are measured first: multiply-adds in registers, and memory far larger than the caches; what \
      stays in a large cache can exceed the latter.
      """)

  @Option(help: "How long to measure each of them.") var seconds = 0.5

  @Option(help: ArgumentHelp("Only those whose name contains this, such as weight.", valueName: "text")) var only: String?

  @OptionGroup var backendOptions: BackendOptions

  @Flag(help: "Print JSON.") var json = false

  func validate() throws {
    guard (0...3600).contains(seconds) else { throw ValidationError("--seconds must lie between 0 and 3600, not \(seconds)") }
    guard !cases.isEmpty else { throw ValidationError("no operation's name contains '\(only ?? "")'") }
  }

  func run(with kernels: KernelChoice) throws {
    let terminal = Terminal.standard
    let backend = try backendOptions.backend(kernels)
    let peaks = Peaks(of: backend, seconds: seconds, clock: Clock.uptime)
    let cases = cases
    let progress = LineProgress(terminal)
    let measured = cases.enumerated().map { index, one in
      progress.report(index, of: cases.count, unit: "operations", note: one.name)
      return one.measured(on: backend, seconds: seconds, clock: Clock.uptime)
    }
    let record = KernelRecord(backend: backend, processor: Surroundings.processor(), peaks: peaks, measured: measured)
    if json { terminal.print(Document.text("bench kernels", record.document)) } else { record.lines.forEach(terminal.print) }
  }

  private var cases: [KernelCase] { NetworkKernels.cases.filter { only.map($0.name.contains) ?? true } }
}
