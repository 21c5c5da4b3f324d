import Foundation
import Jobs
import NN

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
