import IO
import Jobs
import NN
import Testing

@testable import AdvGAN

/// The setting `convolution` of the stages that compute.
@Suite struct ConvolutionSettingTests {
  static let kinds = ["cotrain", "finetune", "evaluate"]

  private func job(_ kind: String, with settings: String) throws -> Job {
    let needs = kind == "evaluate" ? "{dataset: data, model: net}" : "{dataset: data}"
    let text = """
      version: 1
      stages:
        data: {run: extract, with: {source: folders, archive: x, size: 32}}
        net: {run: cotrain, needs: {dataset: data}}
        it: {run: \(kind), needs: \(needs), with: {\(settings)}}
      """
    return try Job(
      parsing: text, file: "job.yaml", registry: StageRegistry([Extract.self, CoTrain.self, FineTune.self, Evaluate.self]))
  }

  @Test(arguments: kinds) func itIsAmongTheSettingsOfTheFingerprint(_ kind: String) throws {
    let settings = try ["", "convolution: winograd", "convolution: exact"].map { try #require(job(kind, with: $0).stage("it")).settings }
    #expect(settings[0] == settings[1] && settings[0] != settings[2])
    #expect(settings[0]["convolution"]?.text == "winograd" && settings[2]["convolution"]?.text == "exact")
  }

  @Test(arguments: kinds) func anotherWordIsRefused(_ kind: String) throws {
    let error = try #require(throws: JobFileError.self) { try job(kind, with: "convolution: winigrad") }
    #expect(error.description.contains("winigrad") && error.description.contains("winograd"))
  }

  @Test func itReachesTheArithmetic() throws {
    #expect(try LongRunScene.coTraining(["convolution": .string("exact")]).convolution == .exact)
    #expect(try LongRunScene.fineTuning(["convolution": .string("exact")]).convolution == .exact)
    var reader = SettingsReader(resolved: .object(["convolution": .string("exact")]), of: "test")
    #expect(try EvaluationPlan(&reader).convolution == .exact)
  }

  /// Both ways agree within rounding, and not to the last bit.
  @Test func coTrainingDiffersByRoundingAlone() throws {
    let settings = try LongRunScene.coTraining(["width": .integer(16), "attack": .object(["steps": .integer(1)])])
    let weights = try ConvolutionMethod.allCases.map { method in
      var run = try CoTrainingRun(settings, LongRunScene.dataset(2), on: CPUBackend(threads: 2, convolutions: method))
      try run.advance()
      return run.method.trainer.discriminator.parameters.values.flatMap(\.values)
    }
    #expect(weights[0] != weights[1])
    // One Adam step moves a weight by the rate (2e-4) at most, whichever sign rounding gives a vanishing gradient.
    #expect(zip(weights[0], weights[1]).allSatisfy { abs($0 - $1) <= 5e-4 })
  }
}
