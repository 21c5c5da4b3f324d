import IO
import Jobs
import NN
import TestSupport
import Testing

@testable import AdvGAN

/// Reading images ahead changes no bit of a training.
@Suite struct TrainingBatchTests {
  @Test(arguments: [0, 1, 3]) func aLoaderGivesWhatTheImageSetGives(_ threads: Int) throws {
    let train = try LongRunScene.dataset().split(.train)
    let stream = RandomStream(seed: 3)
    let augmentation = Augmentation(flips: true, shift: 4, noise: .dequantise)
    var order = try EpochOrder(images: train.count, batch: 4, stream)
    let loader = BatchLoader(of: train, in: order, epochs: 3, augmentation, stream, beside: CPUBackend(threads: 2), threads: threads)
    let backend = CPUBackend(threads: 2)
    // 6 steps an epoch: in a row over all of them, back as after a restore, and on.
    for step in Array(0..<18) + [5, 6, 7, 17, 0] {
      let (images, labels) = try loader.batch(at: step)
      let expected = try train.batch(order.places(at: step), augmentation, stream.derived("augmentation", step), on: backend)
      #expect(images.shape == [4, 32, 32, 3] && images.values == expected.images.values && labels == expected.labels)
    }
  }

  /// Without noise and attack, the images reach the network in the loader's own memory.
  @Test(arguments: [0, 2]) func coTrainingEndsInTheSameBytes(_ attackSteps: Int) throws {
    let plain: JSON = .object(["flips": .bool(true), "noise": .string("none")])
    let settings = try LongRunScene.coTraining(["attack": attackSteps == 0 ? "none" : .object(["steps": .integer(attackSteps)]), "augmentation": plain])
    func finished(ahead: Bool) throws -> [String: [UInt8]] {
      var run = try CoTrainingRun(settings, LongRunScene.dataset(), on: CPUBackend(threads: 2))
      if !ahead { run.batches = try unhurried(settings.plan, run.stream) }
      while run.done < run.total { try run.advance() }
      return try run.results()
    }
    #expect(try finished(ahead: true) == finished(ahead: false))
  }

  @Test func fineTuningEndsInTheSameBytes() throws {
    let settings = try LongRunScene.fineTuning()
    func finished(ahead: Bool) throws -> [String: [UInt8]] {
      var run = try fineTuning(settings)
      if !ahead { run.batches = try unhurried(settings.plan, run.stream) }
      while run.done < run.total { try run.advance() }
      return try run.results()
    }
    #expect(try finished(ahead: true) == finished(ahead: false))
  }

  /// A step that throws may have taken a batch, and the next one is prepared: going back loses neither.
  @Test func aRunGoesOnFromItsStateAfterAnError() throws {
    let settings = try LongRunScene.fineTuning()
    var undisturbed = try fineTuning(settings)
    while undisturbed.done < undisturbed.total { try undisturbed.advance() }
    var run = try fineTuning(settings)
    for _ in 0..<3 { try run.advance() }
    let saved = try run.snapshot()
    try run.advance()
    for index in run.method.trainer.model.parameters.learned {
      run.method.trainer.model.parameters.update(index) { [backend = run.method.trainer.model.backend] weights in
        weights = backend.tensor([Float](repeating: .nan, count: weights.count), weights.shape)
      }
    }
    #expect(throws: StageError.self) { try run.advance() }
    try run.restore(saved)
    while run.done < run.total { try run.advance() }
    #expect(try run.results() == undisturbed.results())
  }

  /// The batches of two epochs, each made when it is asked for.
  private func unhurried(_ plan: TrainingPlan, _ stream: RandomStream) throws -> BatchLoader<TrainingBatch> {
    let train = try LongRunScene.dataset().split(.train)
    let order = try EpochOrder(images: train.count, batch: plan.batch, stream)
    return BatchLoader(of: train, in: order, epochs: 2, plan.augmentation, stream, beside: CPUBackend(threads: 1), threads: 0)
  }

  private func fineTuning(_ settings: FineTuningSettings) throws -> FineTuningRun {
    let (description, model) = try LongRunScene.classifier(CPUBackend(threads: 1))
    return try FineTuningRun(settings, LongRunScene.dataset(), description, model, nil)
  }
}
