import IO
import Jobs
import NN
import Testing

@testable import AdvGAN

/// Trainings and measurements whose images come from a tar: larger than the network's, cut, scaled.
@Suite struct StoredTrainingTests {
  private let cut: JSON = .object(["crop": .array([.real(0.5), .real(0.9)])])

  private func scene() throws -> StoredScene { try StoredScene(squares(40, count: 12)) }

  @Test func coTrainingFromTheTarEndsInTheSameBytes() throws {
    let scene = try scene()
    let settings = try LongRunScene.coTraining(["augmentation": cut, "monitor": .object(["images": .integer(5)])])
    func finished(inMemory: Bool, threads: Int = 1, stoppingAt units: [Int] = []) throws -> [String: [UInt8]] {
      try Driver().finish(stoppingAt: units) {
        try CoTrainingRun(settings, scene.opened(inMemory: inMemory), on: CPUBackend(threads: threads))
      }.results()
    }
    let memory = try finished(inMemory: true)
    #expect(try finished(inMemory: false, threads: 9) == memory)
    #expect(try finished(inMemory: false, stoppingAt: [1, 3, 4]) == memory)
  }

  @Test func fineTuningFromTheTarEndsInTheSameBytes() throws {
    let scene = try scene()
    let settings = try LongRunScene.fineTuning(["augmentation": cut])
    func finished(inMemory: Bool, threads: Int = 1, stoppingAt units: [Int] = []) throws -> [String: [UInt8]] {
      try Driver().finish(stoppingAt: units) { try fineTuning(settings, scene.opened(inMemory: inMemory), threads) }.results()
    }
    let memory = try finished(inMemory: true)
    #expect(try finished(inMemory: false, threads: 9) == memory)
    #expect(try finished(inMemory: false, stoppingAt: [2, 5]) == memory)
  }

  @Test func aCropChangesTheTrainingAndLeavingItOutDoesNot() throws {
    let dataset = squares(40, count: 4)
    func weights(_ augmentation: [String: JSON]) throws -> [Float] {
      let settings = try LongRunScene.coTraining(["augmentation": .object(augmentation)])
      var run = try CoTrainingRun(settings, dataset, on: CPUBackend(threads: 1))
      try run.advance()
      return run.method.trainer.discriminator.parameters.values.flatMap(\.values)
    }
    let plain = try weights([:])
    #expect(try weights(["crop": .null]) == plain)
    #expect(try weights(["crop": .array([.real(0.5), .real(0.5)])]) != plain)
  }

  /// Damage that comes while a training runs ends it with a sentence that names the image.
  @Test func anImageThatCannotBeReadEndsTheTraining() throws {
    let scene = try scene()
    let settings = try LongRunScene.fineTuning()
    var run = try fineTuning(settings, scene.opened(inMemory: false), 1)
    for number in 0..<12 {
      let place = try scene.place(of: DatasetFormat.imageMember(.train, number))
      try scene.flip(place.lowerBound + 20)
    }
    let error = #expect(throws: FileError.self) { while run.done < run.total { try run.advance() } }
    #expect(error?.kind == .damaged && error?.description.contains("member 'train/0000") == true)
  }

  @Test func anImageThatCannotBeMeasuredEndsTheMeasurement() throws {
    let scene = try scene()
    let (_, model) = try LongRunScene.classifier(CPUBackend(threads: 1))
    let dataset = try scene.opened(inMemory: false).fitted(to: Networks.resnet32)
    try scene.flip(scene.place(of: DatasetFormat.imageMember(.test, 2)).lowerBound + 20)
    #expect(throws: FileError.self) {
      try dataset.split(.test).sums(of: [LocalLipschitz()], first: 5, model, RandomStream(seed: 0)) {}
    }
    var run = try EvaluationRun(EvaluationChoiceTests.plan(), dataset, [("best", model)])
    #expect(throws: FileError.self) { while run.done < run.total { try run.advance() } }
  }

  @Test(arguments: [(1, 1), (7, 1), (8, 2), (64, 9)])
  func oneThreadOfEightReadsImages(_ threads: Int, _ readers: Int) {
    #expect(BatchLoader<TrainingBatch>.threads(beside: threads) == readers)
  }

  private func fineTuning(_ settings: FineTuningSettings, _ dataset: Dataset, _ threads: Int) throws -> FineTuningRun {
    let backend = CPUBackend(threads: threads)
    let (_, model) = try LongRunScene.classifier(backend)
    let description = ModelDescription(network: "resnet32", width: 1, batchNorm: true, classes: dataset.classes)
    return try FineTuningRun(settings, dataset, description, model, nil)
  }
}
