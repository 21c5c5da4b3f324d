import IO
import Jobs
import Testing

@testable import NN
@testable import advgan_job

/// `advgan-job bench kernels`: as a program on its quickest operations, and its words.
@Suite(.serialized) struct BenchKernelsTests {
  static let command = ["bench", "kernels", "--seconds", "0", "--threads", "1", "--only", "linear"]

  @Test func theDocumentHasPeaksAndOperations() throws {
    let answer = try Sandbox().run(Self.command + ["--json"])
    #expect(answer.status == 0 && answer.error == "")
    let json = try JSON(parsing: Array(answer.output.utf8))
    #expect(json["threads"]?.whole == 1 && json["kernels"]?.text == KernelChoice.best.key && json["convolution"]?.text == "winograd")
    #expect(json["openblas"]?.text?.isEmpty == false && json["processor"]?.text?.isEmpty == false)
    for peak in ["gflops", "read_gb_s", "copy_gb_s"] { #expect(try #require(json["peaks"]?[peak]?.real) > 0) }
    let operations = try #require(json["operations"]?.elements)
    #expect(operations.map { $0["name"]?.text } == ["linear forward", "linear input gradient", "linear weight gradient"])
    for one in operations {
      #expect(one["shape"]?.text == "64, 128 -> 16384" && one["rounds"]?.whole == 2)
      #expect(try #require(one["ms"]?.real) > 0 && #require(one["gflops"]?.real) > 0 && #require(one["of_peak"]?.real) > 0)
    }
  }

  @Test func aPersonGetsATable() throws {
    let record = KernelRecord(
      backend: CPUBackend(threads: 1), processor: "Chip 1", peaks: Peaks(operations: 2e11, read: 5e10, copied: 4e10),
      measured: [
        KernelMeasurement(name: "product", shape: "2 x 3", work: .operations(4e9), time: BestTime(seconds: 0.01, rounds: 7)),
        KernelMeasurement(name: "sum", shape: "10", work: .bytes(read: 2e8, written: 2e8), time: BestTime(seconds: 0.0125, rounds: 2)),
      ])
    #expect(record.lines[0].hasPrefix("threads: 1; kernels: \(KernelChoice.best.key); convolution: winograd; OpenBLAS: "))
    #expect(record.lines[0].hasSuffix("; Chip 1"))
    #expect(
      Array(record.lines.dropFirst()) == [
        "At most: 200.0 GFLOPS, 50.0 GB/s read, 40.0 GB/s copied.",
        "OPERATION  SHAPE  BEST MS  RATE           OF PEAK",
        "product    2 x 3  10.00    400.0  GFLOPS  200 %",
        "sum        10     12.50    32.0   GB/s    80 %",
      ])
    let row = try #require(record.document.operations.last)
    #expect(row.gbS == 32 && row.ofPeak == 0.8 && row.gflops == nil)
  }

  @Test(arguments: [
    ("--seconds=-1", "--seconds must lie between 0 and 3600, not -1.0"),
    ("--only soup", "no operation's name contains 'soup'"),
    ("--threads 0", "--threads must lie between 1 and 1024, but is 0"),
    ("--convolution fast", "--convolution must be winograd or exact, not 'fast'"),
  ])
  func optionsThatMeanNothingAreRefused(_ options: String, _ sentence: String) throws {
    let told = try #require(UsageTests().complaint("bench kernels \(options)"))
    #expect(told.sentence == sentence && told.status == 64)
  }
}
