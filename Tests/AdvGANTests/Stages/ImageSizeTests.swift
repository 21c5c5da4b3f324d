import IO
import Jobs
import Testing

@testable import AdvGAN

/// Whole jobs on larger images, at the least width; and data sets of another size than a network's.
@Suite struct ImageSizeTests {
  let scratch: ScratchFolder

  init() throws { scratch = try ScratchFolder() }

  private struct Silence: RunObserver {
    func handle(_ event: RunEvent) {}
  }

  /// Makes the stages, and an extract stage `images<side>` for each side; gives what was made and what failed.
  private func make(_ stages: [String], sides: [Int]) throws -> (made: Set<String>, failures: [String: String]) {
    let extracts = try sides.map { side in
      let archive = try scratch.tar(members(side), named: "\(side).tar")
      return "images\(side): {run: extract, with: {source: folders, archive: \(archive), validation: 2}}"
    }
    let artifacts = scratch.path.appending("artifacts")
    let text = "version: 1\nartifacts: \(artifacts)\nstages:\n" + (extracts + stages).map { "  \($0)\n" }.joined()
    let job = try Job(
      parsing: text, file: "job.yaml", registry: StageRegistry([Extract.self, CoTrain.self, FineTune.self, Evaluate.self]))
    let circumstances = Circumstances(program: "tests", host: "here", user: "tester", pid: 1, boot: "", slurmJob: nil, processor: "test")
    let runner = Runner(
      job, Store(at: artifacts, on: LocalDisk(), time: { 0 }), circumstances, Runner.Options(keepsGoing: true), stop: StopFlag(),
      observer: Silence())
    let result = try runner.run(job.stages.map(\.name))
    return (Set(result.made), Dictionary(uniqueKeysWithValues: result.failures.map { ($0.stage, $0.sentence) }))
  }

  /// Three images of each of two classes in train and test.
  private func members(_ side: Int) -> [(String, [UInt8])] {
    ["train/ant", "train/bee", "test/ant", "test/bee"].flatMap { folder in
      (0..<3).map { ("\(folder)/\($0).png", PNG.encode(image($0, width: side, height: side))) }
    }
  }

  private func coTraining(_ network: String, on dataset: String) -> String {
    "co-\(dataset): {run: cotrain, needs: {dataset: \(dataset)}, "
      + "with: {network: \(network), width: 1, batch: 2, epochs: 1, average: 0, attack: {steps: 1}}}"
  }

  @Test(arguments: [64, 128])
  func largerImagesGoThroughAllStages(_ side: Int) throws {
    let (made, failures) = try make(
      [
        coTraining("resnet\(side)", on: "images\(side)"),
        "fine: {run: finetune, needs: {dataset: images\(side), discriminator: co-images\(side), generator: co-images\(side)}, "
          + "with: {lambda: 0.5, batch: 2, epochs: 1, attack: {steps: 1}, validation_attack: {steps: 1}}}",
        "judged: {run: evaluate, needs: {dataset: images\(side), model: fine}, with: {epsilons: [0, 8/255], attacks: [{kind: pgd, steps: 1}]}}",
      ], sides: [side])
    #expect(failures == [:])
    #expect(made == ["images\(side)", "co-images\(side)", "fine", "judged"])
  }

  @Test func everyStageRefusesImagesOfAnotherSize() throws {
    let (made, failures) = try make(
      [
        coTraining("resnet64", on: "images64"), coTraining("resnet64", on: "images32"),
        "scratch: {run: finetune, needs: {dataset: images32}, with: {network: resnet128, width: 1}}",
        "fine: {run: finetune, needs: {dataset: images32, discriminator: co-images64}}",
        "judged: {run: evaluate, needs: {dataset: images32, model: co-images64}}",
      ], sides: [32, 64])
    #expect(made == ["images32", "images64", "co-images64"])
    #expect(Set(failures.keys) == ["co-images32", "scratch", "fine", "judged"])
    for (stage, sentence) in failures {
      let (name, side) = stage == "scratch" ? ("resnet128", 128) : ("resnet64", 64)
      let words = "the network '\(name)' takes images of \(side)x\(side) pixels, but those of 'train' have 32x32"
      #expect(sentence.contains(words), "\(stage): \(sentence)")
    }
  }

  @Test(arguments: [("resnet32", true), ("resnet64", false), ("resnet128", false), ("resnet-imagenet", true)])
  func thePublishedPresetHasThePublishedBatchNorm(_ network: String, _ batchNorm: Bool) throws {
    #expect(try LongRunScene.coTraining(["network": .string(network), "preset": .string("as-published")]).batchNorm == batchNorm)
    #expect(try !LongRunScene.coTraining(["network": .string(network)]).batchNorm)
  }
}
