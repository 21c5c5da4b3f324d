import AdvGAN
import ArgumentParser
import Jobs
import NN

/// `advgan-job bench`: one subcommand a benchmark.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the speed of this program on this machine.",
    discussion: "benchmarks/README.md in the sources says how to compare it with PyTorch's.",
    subcommands: [BenchCoTrain.self, BenchKernels.self, BenchLoading.self])
}

/// `advgan-job bench cotrain`.
struct BenchCoTrain: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "cotrain", abstract: "Measure the moves of co-training on random images.",
    discussion: """
      A move's time is the best of all rounds, of which there are at least two. It runs what the stage 'cotrain' runs, without data, \
      checkpoints and images of samples.
      """)

  /// Those that co-training can use.
  static let networks = Networks.all.filter { $0.hasAdversarialHead && $0.generator != nil }.map(\.name)

  @Option(help: "The networks: \(BenchCoTrain.networks.joined(separator: ", ")).", completion: .list(BenchCoTrain.networks))
  var network = Networks.all[0].name

  @Option(help: "Channels of the network's narrowest block, 64 in the paper.") var width = 64

  @Option(help: "Real images of a step, and generated ones.") var batch = 64

  @Option(help: "How many classes the networks know.") var classes = 10

  @Flag(name: .customLong("bn"), help: "The discriminator has batch norm.") var batchNorm = false

  @Option(help: "Steps of the attack.") var steps = 5

  @Option(help: "How long to measure.") var seconds = 30.0

  @OptionGroup var backendOptions: BackendOptions

  @Flag(help: "Print JSON, on one line.") var json = false

  func validate() throws { _ = try settings() }

  func run(with kernels: KernelChoice) throws {
    let terminal = Terminal.standard
    let settings = try settings()
    let backend = try backendOptions.backend(kernels)
    var benchmark = try CoTrainingBenchmark(settings, on: backend, clock: Clock.uptime)
    let measured = CoTrainingMeasurement(seconds: seconds, clock: Clock.uptime) { benchmark.round() }
    let record = CoTrainingRecord(settings: settings, backend: backend, measured: measured, peakMemory: Surroundings.peakMemory())
    (json ? [Document.line("bench cotrain", record.document)] : record.lines).forEach(terminal.print)
  }

  /// The options' mistakes as usage errors.
  func settings() throws -> CoTrainingBenchmarkSettings {
    for (name, value, range) in [
      ("--width", width, NetworkShape.widths), ("--batch", batch, 2...4096), ("--classes", classes, NetworkShape.classCounts),
      ("--steps", steps, 1...10_000),
    ] where !range.contains(value) {
      throw ValidationError("\(name) must lie between \(range.lowerBound) and \(range.upperBound), not \(value)")
    }
    guard (0...86_400).contains(seconds) else { throw ValidationError("--seconds must lie between 0 and 86400, not \(seconds)") }
    return CoTrainingBenchmarkSettings(
      try kind(), NetworkShape(width: width, classes: classes, batchNorm: batchNorm), batch: batch, steps: steps)
  }

  private func kind() throws -> NetworkKind {
    guard Self.networks.contains(network), let kind = Networks.named(network) else {
      throw ValidationError("there is no network '\(network)' to co-train; known: \(Self.networks.joined(separator: ", "))")
    }
    guard kind.allowsBatchNorm || !batchNorm else { throw ValidationError("the network '\(network)' has no batch norm: leave --bn out") }
    return kind
  }
}
