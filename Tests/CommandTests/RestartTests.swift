import Foundation
import IO
import Jobs
import Testing

@testable import NN
@testable import advgan_job

/// The program begins again, once, where OpenBLAS computes for another processor than the kernels do.
@Suite(.serialized) struct RestartTests {
  private func coreType(_ key: String, _ loaded: String, _ given: String? = nil) -> String? {
    let kernels = KernelChoice(key: key, level: 0, kernels: KernelChoice.all[0].kernels)
    return Restart.coreType(for: kernels, loaded: loaded, variable: given)
  }

  @Test(arguments: ["SkylakeX", "Cooperlake", "SapphireRapids"]) func itIsLeftAloneWhereOpenBLASHasAVX512(_ core: String) {
    #expect(coreType("avx512", core) == nil)
    #expect(coreType("avx2", core) == "Haswell")
  }

  @Test(arguments: ["Haswell", "Zen", "Excavator", "Nehalem"]) func whereItHasNoneAVX512KernelsAskForIt(_ core: String) {
    #expect(coreType("avx512", core) == "SkylakeX")
    #expect(coreType("avx2", core) == nil)
  }

  #if arch(x86_64)
    @Test func portableKernelsAskForTheOldestCore() {
      #expect(coreType("portable", "SkylakeX") == "Prescott" && coreType("portable", "Nehalem") == "Prescott")
      #expect(coreType("portable", "Prescott") == nil)
    }
  #endif

  @Test(arguments: ["", "Haswell", "SkylakeX", "nonsense"]) func aCoreThatIsNamedAlreadyStays(_ given: String) {
    for key in ["avx512", "avx2", "portable"] { #expect(coreType(key, "Zen", given) == nil && coreType(key, "SkylakeX", given) == nil) }
  }

  #if arch(x86_64)
    /// With all its arguments, and where it was.
    @Test func theProgramComputesByTheCoreItAskedFor() throws {
      func core(_ environment: [String: String]) throws -> String? {
        let answer = try Sandbox().run(BenchKernelsTests.command + ["--json"], environment)
        #expect(answer.status == 0 && answer.error == "")
        return try JSON(parsing: Array(answer.output.utf8))["openblas"]?.text
      }
      #expect(try core(["ADVGAN_KERNELS": "portable"]) == "Prescott")
      #expect(try core(["ADVGAN_KERNELS": "portable", "OPENBLAS_CORETYPE": "Nehalem"]) == "Nehalem")
    }

    @Test func theFolderTheStreamsAndTheStatusAreThoseOfOneStart() throws {
      let sandbox = try Sandbox()
      try sandbox.write("job.yaml", "version: 1\nstages:\n  a: {run: extract, neds: {}}\n")
      let once = try sandbox.run(["status", "-f", "job.yaml"], ["ADVGAN_KERNELS": "portable", "OPENBLAS_CORETYPE": "Prescott"])
      let twice = try sandbox.run(["status", "-f", "job.yaml"], ["ADVGAN_KERNELS": "portable"])
      #expect(twice.status == 65 && twice.error == once.error && twice.output == once.output)
    }
  #endif
}
