import AdvGAN
import Foundation
import Jobs
import NN

/// A measurement of co-training, as JSON under the keys of `benchmarks/torch_cotrain.py` and as a person reads it.
struct CoTrainingRecord {
  let settings: CoTrainingBenchmarkSettings
  let backend: CPUBackend
  let measured: CoTrainingMeasurement
  /// The most memory that the process had in use, in bytes.
  let peakMemory: Int

  /// Times in milliseconds, memory in MB (powers of 1000).
  var members: [String: JSON] {
    [
      "network": .string(settings.network.name), "width": .integer(settings.shape.width), "batch": .integer(settings.batch),
      "classes": .integer(settings.shape.classes), "batch_norm": .bool(settings.shape.batchNorm), "steps": .integer(settings.steps),
      "threads": .integer(backend.threads), "kernels": .string(backend.choice.key),
      "convolution": .string(backend.convolutions.rawValue), "rounds": .integer(measured.rounds),
      "attack_ms": milliseconds(measured.best.attack), "update_d_ms": milliseconds(measured.best.updateDiscriminator),
      "update_g_ms": milliseconds(measured.best.updateGenerator), "cycle_ms": milliseconds(measured.cycle),
      "peak_memory_mb": .real((Double(peakMemory) / 1e5).rounded() / 10),
    ]
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

  private func milliseconds(_ seconds: Double) -> JSON { .real((seconds * 1e4).rounded() / 10) }

  private func text(_ seconds: Double) -> String { "\((seconds * 1e4).rounded() / 10)" }
}

/// Measurements of single operations, as JSON and as a person reads them.
struct KernelRecord {
  let backend: CPUBackend
  let processor: String
  let peaks: Peaks
  let measured: [KernelMeasurement]

  /// Times in milliseconds; rates in 10^9 operations or bytes a second.
  var members: [String: JSON] {
    [
      "threads": .integer(backend.threads), "kernels": .string(backend.choice.key), "convolution": .string(backend.convolutions.rawValue),
      "openblas": .string(OpenBLASCore.loaded), "processor": .string(processor),
      "peaks": .object([
        "gflops": rounded(peaks.operations / 1e9), "read_gb_s": rounded(peaks.read / 1e9), "copy_gb_s": rounded(peaks.copied / 1e9),
      ]),
      "operations": .array(measured.map(row)),
    ]
  }

  private func row(_ one: KernelMeasurement) -> JSON {
    .object([
      "name": .string(one.name), "shape": .string(one.shape), "ms": rounded(one.time.seconds * 1e3, 1e4), key(one): rounded(one.rate / 1e9),
      "of_peak": rounded(one.part(of: peaks), 1e3), "rounds": .integer(one.time.rounds),
    ])
  }

  var lines: [String] {
    let rows = measured.map { one in
      [
        one.name, one.shape, decimals(one.time.seconds * 1e3, 2), decimals(one.rate / 1e9, 1), key(one) == "gflops" ? "GFLOPS" : "GB/s",
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

  private func key(_ one: KernelMeasurement) -> String {
    switch one.work {
    case .operations: "gflops"
    case .bytes: "gb_s"
    }
  }

  private func rounded(_ value: Double, _ scale: Double = 10) -> JSON { .real((value * scale).rounded() / scale) }

  private func decimals(_ value: Double, _ digits: Int) -> String { String(format: "%.\(digits)f", value) }
}
