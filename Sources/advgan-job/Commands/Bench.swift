import ArgumentParser

/// `advgan-job bench`: one subcommand a benchmark.
struct Bench: ParsableCommand {
  static let configuration = CommandConfiguration(
    abstract: "Measure the speed of this program on this machine.",
    discussion: "benchmarks/README.md in the sources says how to compare it with PyTorch's.",
    subcommands: [BenchCoTrain.self, BenchKernels.self, BenchLoading.self])
}
