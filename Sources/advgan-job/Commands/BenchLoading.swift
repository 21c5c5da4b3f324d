import AdvGAN
import ArgumentParser
import IO
import Jobs
import NN

/// `advgan-job bench loading`.
struct BenchLoading: ProgramCommand {
  static let configuration = CommandConfiguration(
    commandName: "loading", abstract: "Measure how fast training images are read, decoded, scaled and augmented.",
    discussion: """
      Images come from the artifact's tar each time, as in a training on a data set larger than memory, and are compared with their \
      digests. A training reads them beside its work, on one thread and another for every eight of its own.
      """)

  @Option(help: ArgumentHelp("A data set's artifact.", valueName: "path"), completion: .file()) var data: String

  @Option(help: "For which network: \(Networks.names.joined(separator: ", ")).", completion: .list(Networks.names))
  var network = Networks.all[0].name

  @Flag(help: "Cut 0.8 to 0.9 of the area out of each image, as the paper does.") var crop = false

  @Option(help: "Images of a batch.") var batch = 64

  @Option(help: "How long to measure.") var seconds = 10.0

  @OptionGroup var backendOptions: BackendOptions

  @Flag(help: "Print JSON, on one line.") var json = false

  func validate() throws { _ = try kind() }

  func run(with kernels: KernelChoice) throws {
    let terminal = Terminal.standard
    let backend = try backendOptions.backend(kernels)
    var benchmark = try LoadingBenchmark(
      FilePath(data), for: kind(), crop: crop ? RandomCrop(shares: 0.8...0.9) : nil, batch: batch, threads: backend.threads, on: backend)
    let rate = try benchmark.rate(seconds: seconds, clock: Clock.uptime)
    if json {
      terminal.print(Document.line("bench loading", document(benchmark, rate, threads: backend.threads)))
    } else {
      terminal.print(words(benchmark, rate, threads: backend.threads))
    }
  }

  private func document(_ benchmark: LoadingBenchmark, _ rate: Double, threads: Int) -> LoadingBenchDocument {
    LoadingBenchDocument(
      network: network, stored: benchmark.stored, side: benchmark.side, crop: crop, batch: batch, threads: threads, images: benchmark.taken,
      imagesPerSecond: (rate * 10).rounded() / 10)
  }

  private func words(_ benchmark: LoadingBenchmark, _ rate: Double, threads: Int) -> String {
    let way = "\(benchmark.stored) to \(benchmark.side) pixels\(crop ? ", cut" : "")"
    return "\(Int(rate.rounded())) images a second (\(way); threads: \(threads); \(benchmark.taken) images in batches of \(batch))"
  }

  private func kind() throws -> NetworkKind {
    guard let kind = Networks.named(network) else {
      throw ValidationError("there is no network '\(network)'; known: \(Networks.names.joined(separator: ", "))")
    }
    guard (1...4096).contains(batch) else { throw ValidationError("--batch must lie between 1 and 4096, not \(batch)") }
    guard (0...86_400).contains(seconds) else { throw ValidationError("--seconds must lie between 0 and 86400, not \(seconds)") }
    return kind
  }
}

/// `bench loading --json`.
struct LoadingBenchDocument: Codable {
  let network: String, stored: Int, side: Int, crop: Bool, batch: Int, threads: Int, images: Int, imagesPerSecond: Double
}
