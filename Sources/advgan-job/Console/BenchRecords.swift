import AdvGAN
import Foundation
import Jobs
import NN

/// `bench cotrain --json`. Times in milliseconds, memory in MB (powers of 1000).
struct CoTrainingBenchDocument: Codable {
  let network: String, width: Int, batch: Int, classes: Int, batchNorm: Bool, steps: Int, threads: Int, kernels: String
  let convolution: String, rounds: Int
  let attackMs: Double, updateDMs: Double, updateGMs: Double, cycleMs: Double, peakMemoryMb: Double
}

/// `bench kernels --json`. Times in milliseconds; rates in 10^9 operations or bytes a second.
struct KernelBenchDocument: Codable {
  struct Peaks: Codable {
    let gflops: Double, readGbS: Double, copyGbS: Double
  }

  /// One rate or the other is there, by what the operation is bound by.
  struct Operation: Codable {
    let name: String, shape: String, ms: Double, gflops: Double?, gbS: Double?, ofPeak: Double, rounds: Int
  }

  let threads: Int, kernels: String, convolution: String, openblas: String, processor: String
  let peaks: Peaks
  let operations: [Operation]
}

/// A measurement of co-training, as JSON under the keys of `benchmarks/torch_cotrain.py` and as a person reads it.
struct CoTrainingRecord {
  let settings: CoTrainingBenchmarkSettings
  let backend: CPUBackend
  let measured: CoTrainingMeasurement
  /// The most memory that the process had in use, in bytes.
  let peakMemory: Int

  var document: CoTrainingBenchDocument {
    func milliseconds(_ seconds: Double) -> Double { (seconds * 1e4).rounded() / 10 }
    return CoTrainingBenchDocument(
      network: settings.network.name, width: settings.shape.width, batch: settings.batch, classes: settings.shape.classes,
      batchNorm: settings.shape.batchNorm, steps: settings.steps, threads: backend.threads, kernels: backend.choice.key,
      convolution: backend.convolutions.rawValue, rounds: measured.rounds, attackMs: milliseconds(measured.best.attack),
      updateDMs: milliseconds(measured.best.updateDiscriminator), updateGMs: milliseconds(measured.best.updateGenerator),
      cycleMs: milliseconds(measured.cycle), peakMemoryMb: (Double(peakMemory) / 1e5).rounded() / 10)
  }

  var lines: [String] {
    let best = measured.best
    let norm = settings.shape.batchNorm ? ", batch norm" : ""
    let words =
      "\(settings.network.name), width \(settings.shape.width), batch \(settings.batch), \(settings.shape.classes) classes\(norm); "
      + "threads: \(backend.threads); kernels: \(backend.choice.key); "
      + "convolution: \(backend.convolutions.rawValue); rounds: \(measured.rounds); peak memory: \(Table.size(peakMemory))"
    let rows = [
      ["PART", "BEST MS"], ["attack", text(best.attack)], ["update_d", text(best.updateDiscriminator)],
      ["update_g", text(best.updateGenerator)], ["cycle", text(measured.cycle)],
    ]
    return [words] + Table.lines(rows) + [
      "A cycle is five attacks with an update of the discriminator each, and one update of the generator."
    ]
  }

  private func text(_ seconds: Double) -> String { "\((seconds * 1e4).rounded() / 10)" }
}

/// Measurements of single operations, as JSON and as a person reads them.
struct KernelRecord {
  let backend: CPUBackend
  let processor: String
  let peaks: Peaks
  let measured: [KernelMeasurement]

  var document: KernelBenchDocument {
    KernelBenchDocument(
      threads: backend.threads, kernels: backend.choice.key, convolution: backend.convolutions.rawValue, openblas: OpenBLASCore.loaded,
      processor: processor,
      peaks: .init(gflops: rounded(peaks.operations / 1e9), readGbS: rounded(peaks.read / 1e9), copyGbS: rounded(peaks.copied / 1e9)),
      operations: measured.map(row))
  }

  private func row(_ one: KernelMeasurement) -> KernelBenchDocument.Operation {
    let rate = rounded(one.rate / 1e9)
    return .init(
      name: one.name, shape: one.shape, ms: rounded(one.time.seconds * 1e3, 1e4), gflops: isArithmetic(one) ? rate : nil,
      gbS: isArithmetic(one) ? nil : rate, ofPeak: rounded(one.part(of: peaks), 1e3), rounds: one.time.rounds)
  }

  var lines: [String] {
    let rows = measured.map { one in
      [
        one.name, one.shape, decimals(one.time.seconds * 1e3, 2), decimals(one.rate / 1e9, 1), isArithmetic(one) ? "GFLOPS" : "GB/s",
        "\(Int((one.part(of: peaks) * 100).rounded())) %",
      ]
    }
    let words =
      "threads: \(backend.threads); kernels: \(backend.choice.key); convolution: \(backend.convolutions.rawValue); "
      + "OpenBLAS: \(OpenBLASCore.loaded); \(processor)"
    let most =
      "At most: \(decimals(peaks.operations / 1e9, 1)) GFLOPS, \(decimals(peaks.read / 1e9, 1)) GB/s read, "
      + "\(decimals(peaks.copied / 1e9, 1)) GB/s copied."
    return [words, most] + Table.lines([["OPERATION", "SHAPE", "BEST MS", "RATE", "", "OF PEAK"]] + rows)
  }

  private func isArithmetic(_ one: KernelMeasurement) -> Bool {
    if case .operations = one.work { true } else { false }
  }

  private func rounded(_ value: Double, _ scale: Double = 10) -> Double { (value * scale).rounded() / scale }

  private func decimals(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
