import Foundation
import IO
import Jobs
import Testing

/// The program on processors of other years, by qemu-user's emulation.
@Suite(.serialized) struct OlderProcessorTests {
  /// qemu-user; where it is missing the tests are skipped.
  static let emulator: String? = {
    let folders = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
    return folders.map { "\($0)/qemu-x86_64" }.first { FileManager.default.isExecutableFile(atPath: $0) }
  }()

  #if arch(x86_64)
    static let canEmulate = emulator != nil
  #else
    static let canEmulate = false
  #endif

  /// What the program says on such a processor. OpenBLAS takes what the processor allows. Started again, the program would run on the real one.
  private func run(_ arguments: [String], on processor: String, _ environment: [String: String] = [:]) throws -> Answer {
    let environment = ["OPENBLAS_CORETYPE": "Prescott", "OPENBLAS_NUM_THREADS": "1"].merging(environment) { $1 }
    return try Sandbox().run(arguments, environment, by: [#require(Self.emulator), "-cpu", processor])
  }

  @Test(.enabled(if: canEmulate, "qemu-user is not installed")) func aProcessorWithoutAVX2IsRefusedInOneSentence() throws {
    for arguments in [["status"], ["make"], ["inspect", "x.tar"], BenchTests.command] {
      let answer = try run(arguments, on: "Nehalem")
      #expect(answer.status == 2 && answer.output == "")
      #expect(answer.error.hasPrefix("advgan-job: expected a processor with AVX2 and FMA (x86-64-v3), found one without ("))
      #expect(answer.error.count { $0 == "\n" } == 1)
    }
    #expect(try run(["--version"], on: "Nehalem").status == 0)
    #expect(try run(["make", "--help"], on: "Nehalem").status == 0)
  }

  /// Width 16 takes the tiles of Winograd's convolutions.
  @Test(.enabled(if: canEmulate, "qemu-user is not installed")) func portableKernelsTrainOnIt() throws {
    let command = ["bench", "cotrain", "--width", "16", "--batch", "2", "--steps", "1", "--seconds", "0", "--threads", "1", "--json"]
    let answer = try run(command, on: "Nehalem", ["ADVGAN_KERNELS": "portable"])
    #expect(answer.status == 0)
    #expect(try JSON(parsing: Array(answer.output.utf8))["kernels"]?.text == "portable")
  }

  /// The emulator warns of what it cannot emulate, on the same stream.
  @Test(.enabled(if: canEmulate, "qemu-user is not installed")) func aProcessorWithAVX2RunsItsKernelsAndNoOthers() throws {
    let answer = try run(BenchTests.command + ["--json"], on: "Haswell")
    #expect(answer.status == 0)
    #expect(try JSON(parsing: Array(answer.output.utf8))["kernels"]?.text == "avx2")
    let refused = try run(["status"], on: "Haswell", ["ADVGAN_KERNELS": "avx512"])
    #expect(refused.status == 64)
    #expect(refused.error.contains("advgan-job: ADVGAN_KERNELS names 'avx512', which needs a processor with AVX-512"))
  }
}
