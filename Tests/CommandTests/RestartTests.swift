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

  @Test(arguments: ["Haswell", "Zen", "Excavator"]) func whereItHasNoneAVX512KernelsAskForIt(_ core: String) {
    #expect(coreType("avx512", core) == "SkylakeX")
    #expect(coreType("avx2", core) == nil)
  }

  @Test func anOldCoreFitsNeitherOfTheFasterKernels() {
    #expect(coreType("avx512", "Nehalem") == "SkylakeX" && coreType("avx2", "Nehalem") == "Haswell")
  }

  @Test func aPersonIsToldWhereTheCoreThatTheyNameDoesNotFit() {
    func warning(_ key: String, _ loaded: String, _ given: String?) -> String? {
      Restart.warning(for: KernelChoice(key: key, level: 0, kernels: KernelChoice.all[0].kernels), loaded: loaded, variable: given)
    }
    #expect(
      warning("avx512", "Haswell", "Haswell")
        == "OPENBLAS_CORETYPE=Haswell makes OpenBLAS compute for Haswell, but the avx512 kernels go with SkylakeX: linear layers and some "
        + "convolutions are slower; unset OPENBLAS_CORETYPE to let the program choose")
    // A name that it does not know, or a variable that is set to nothing: it takes what it would have taken.
    #expect(warning("avx512", "Zen", "nonsense")?.hasPrefix("OPENBLAS_CORETYPE=nonsense makes OpenBLAS compute for Zen, ") == true)
    #expect(warning("avx2", "SkylakeX", "")?.contains(" go with Haswell: ") == true)
    #expect(warning("avx512", "SkylakeX", "SkylakeX") == nil && warning("avx2", "Zen", "Zen") == nil)
    #expect(warning("avx512", "Haswell", nil) == nil)
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
      func core(_ environment: [String: String]) throws -> (core: String?, warning: String) {
        let answer = try Sandbox().run(BenchKernelsTests.command + ["--json"], environment)
        #expect(answer.status == 0)
        return (try JSON(parsing: Array(answer.output.utf8))["openblas"]?.text, answer.error)
      }
      #expect(try core(["ADVGAN_KERNELS": "portable"]) == ("Prescott", ""))
      let named = try core(["ADVGAN_KERNELS": "portable", "OPENBLAS_CORETYPE": "Nehalem"])
      #expect(named.core == "Nehalem")
      #expect(
        named.warning
          == "advgan-job: warning: OPENBLAS_CORETYPE=Nehalem makes OpenBLAS compute for Nehalem, but the portable kernels go with Prescott: "
          + "results may differ in their low bits from those of other machines; unset OPENBLAS_CORETYPE to let the program choose\n")
    }

    /// The record and the log of a stage name it, and the person is warned once, before the first stage.
    @Test func aRunSaysByWhichCoreItComputes() throws {
      let sandbox = try Sandbox()
      let sample = FilePath(#filePath).removingLastComponent().appending("../../data-prep/sample/cifar10-sample.tar.xz").lexicallyNormalized()
      let stage = "{run: extract, with: {source: folders, archive: \(sample), validation: 10, limit: 2}}"
      try sandbox.write("job.yaml", "version: 1\nartifacts: artifacts\nstages:\n  dataset: \(stage)\n")
      let environment = ["ADVGAN_KERNELS": "portable", "OPENBLAS_CORETYPE": "Nehalem"]
      let answer = try sandbox.run(["make", "-f", "job.yaml"], environment)
      #expect(answer.status == 0)
      #expect(answer.error.hasPrefix("advgan-job: warning: OPENBLAS_CORETYPE=Nehalem makes ") && answer.error.count { $0 == "\n" } == 1)
      #expect(try sandbox.run(["log", "--file", "job.yaml", "dataset"]).output.contains(" portable kernels, OpenBLAS for Nehalem on "))
      let shown = try sandbox.run(["inspect", "artifacts/dataset.tar", "--json"], environment)
      #expect(try JSON(parsing: Array(shown.output.utf8))["run"]?["openblas"]?.text == "Nehalem" && shown.error == "")
      #expect(try sandbox.run(["make", "-f", "job.yaml"], environment).error == "")
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
