import AdvGAN
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
