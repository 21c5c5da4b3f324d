import IO
import Jobs
import Testing

@testable import NN
@testable import advgan_job

/// Which kernels are taken, and what a person is told where there are none; word for word.
@Suite(.serialized) struct KernelRequestTests {
  /// Kernels of these names and levels.
  private func held(_ levels: KeyValuePairs<String, Int>) -> [KernelChoice] {
    levels.map { KernelChoice(key: $0.key, level: $0.value, kernels: KernelChoice.all[0].kernels) }
  }

  private var all: [KernelChoice] { held(["avx512": 4, "avx2": 3, "portable": 0]) }

  private func choice(_ name: String?, _ held: [KernelChoice]? = nil, level: Int) throws -> String {
    try KernelRequest(name, among: held ?? all, level: level).choice(on: "Chip 1").key
  }

  private func error(_ name: String?, _ held: [KernelChoice]? = nil, level: Int) -> KernelError? {
    do {
      _ = try choice(name, held, level: level)
      return nil
    } catch { return error as? KernelError }
  }

  @Test func theBestThatTheProcessorCanRunIsTaken() throws {
    #expect(try choice(nil, level: 4) == "avx512" && choice(nil, level: 3) == "avx2" && choice("", level: 3) == "avx2")
    // Elsewhere, as on 64-bit ARM, there are no others.
    #expect(try choice(nil, held(["portable": 0]), level: 0) == "portable")
  }

  @Test func whatIsNamedIsTakenWhereItRuns() throws {
    #expect(try choice("avx512", level: 4) == "avx512" && choice("avx2", level: 4) == "avx2")
    #expect(try choice("portable", level: 4) == "portable" && choice("portable", level: 1) == "portable")
  }

  @Test func anUnknownNameIsAMistake() {
    let sentence =
      "ADVGAN_KERNELS names 'sse', which is not in this build; expected avx512, avx2 or portable, or nothing for the best of them"
    #expect(error("sse", level: 4) == KernelError(isUsage: true, sentence))
  }

  @Test func kernelsThatTheProcessorCannotRunAreAMistake() {
    let sentence =
      "ADVGAN_KERNELS names 'avx512', which needs a processor with AVX-512, found one without (Chip 1); take avx2 or portable, "
      + "or nothing for the best"
    #expect(error("avx512", level: 3) == KernelError(isUsage: true, sentence))
    #expect(error("avx2", level: 1)?.description.contains("AVX2 and FMA, found one without (Chip 1); take portable, ") == true)
  }

  @Test func anOlderProcessorIsRefusedUnlessAskedFor() {
    let sentence =
      "expected a processor with AVX2 and FMA (x86-64-v3), found one without (Chip 1); take another machine, or set "
      + "ADVGAN_KERNELS=portable, which runs anywhere, slowly"
    #expect(error(nil, level: 1) == KernelError(isUsage: false, sentence))
  }

  @Test func aBuildForOtherProcessorsSaysSo() {
    let sentence =
      "this build holds kernels for processors with AVX-512 only (avx512), found one without (Chip 1); build the program again "
      + "without ADVGAN_MARCH"
    #expect(error(nil, held(["avx512": 4]), level: 3) == KernelError(isUsage: false, sentence))
    #expect(error("avx512", held(["avx512": 4]), level: 3)?.description.hasSuffix("(Chip 1); \(sentence)") == true)
    #expect(error(nil, held(["avx2": 3]), level: 1)?.description.contains("with AVX2 and FMA only (avx2)") == true)
  }

  @Test func theProgramReadsTheNameAndSaysWhatItTook() throws {
    let sandbox = try Sandbox()
    for choice in KernelChoice.all where choice.isRunnable {
      let answer = try sandbox.run(BenchTests.command + ["--json"], ["ADVGAN_KERNELS": choice.key])
      #expect(try JSON(parsing: Array(answer.output.utf8))["kernels"]?.text == choice.key)
    }
    for command in [["status"], ["make"], ["inspect", "x.tar"], ["bench", "cotrain"]] {
      let answer = try sandbox.run(command, ["ADVGAN_KERNELS": "abacus"])
      #expect(answer.status == 64 && answer.output == "")
      #expect(answer.error.hasPrefix("advgan-job: ADVGAN_KERNELS names 'abacus', which is not "))
    }
    for help in [["--help"], ["--version"], ["help", "make"], ["make", "--help"], ["bench"]] {
      #expect(try sandbox.run(help, ["ADVGAN_KERNELS": "abacus"]).status == 0)
    }
  }

  @Test func makeRecordsAndInspectShowsThem() throws {
    let sandbox = try Sandbox()
    let choice = try #require(KernelChoice.all.last)
    #expect(try sandbox.make(["text"], kernels: choice).status == 0)
    let shown = try sandbox.run(["inspect", "artifacts/text.tar"]).output
    #expect(shown.contains(", \(choice.key) kernels, OpenBLAS for "))
    let json = try JSON(parsing: Array(sandbox.run(["inspect", "artifacts/text.tar", "--json"]).output.utf8))
    #expect(json["run"]?["kernels"]?.text == choice.key)
  }
}
