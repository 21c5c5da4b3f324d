import IO
import Jobs
import NN
import Testing

@testable import AdvGAN

/// An interrupted run ends in the same bytes as an undisturbed one, and so does one with other threads.
@Suite struct LongRunTests {
  @Test(arguments: ["corrected", "as-published"])
  func coTrainingResumesToTheSameBytes(_ preset: String) throws {
    // 6 steps an epoch; the rate is halved after the first, where the published code makes new optimisers.
    var more: [String: JSON] = ["preset": .string(preset)]
    if preset == "as-published" { more["schedule"] = .object(["every": .integer(1), "resets_optimiser": true]) }
    let settings = try LongRunScene.coTraining(more)
    let dataset = LongRunScene.dataset()
    func fresh(_ threads: Int) throws -> CoTrainingRun { try CoTrainingRun(settings, dataset, on: CPUBackend(threads: threads)) }
    let undisturbed = try Driver().finish(stoppingAt: []) { try fresh(1) }.results()
    #expect(undisturbed.keys.contains("samples/epoch-0002.png"))
    #expect(try Driver().finish(stoppingAt: [1, 4, 6, 7, 11]) { try fresh(1) }.results() == undisturbed)
    #expect(try Driver().finish(stoppingAt: [5]) { try fresh(3) }.results() == undisturbed)
  }

  @Test(arguments: ["sgd", "adam"])
  func fineTuningResumesToTheSameBytes(_ optimiser: String) throws {
    let settings = try LongRunScene.fineTuning(["lambda": .real(0.5), "optimiser": .object(["kind": .string(optimiser)])])
    let dataset = LongRunScene.dataset()
    func fresh(_ threads: Int) throws -> FineTuningRun {
      let backend = CPUBackend(threads: threads)
      let (description, model) = try LongRunScene.classifier(backend)
      return try FineTuningRun(settings, dataset, description, model, LongRunScene.generator(backend))
    }
    let undisturbed = try Driver().finish(stoppingAt: []) { try fresh(1) }.results()
    #expect(try Driver().finish(stoppingAt: [1, 5, 6, 8]) { try fresh(1) }.results() == undisturbed)
    #expect(try Driver().finish(stoppingAt: [7]) { try fresh(2) }.results() == undisturbed)
  }

  /// A stop may come in an attack, between two updates, while an epoch ends.
  @Test func coTrainingCanBeLeftWithinAStep() throws {
    let settings = try LongRunScene.coTraining(["attack": .object(["steps": .integer(2)]), "discriminator_updates": .integer(2)])
    let (undisturbed, interrupted) = try leftWithinSteps { try CoTrainingRun(settings, LongRunScene.dataset(), on: CPUBackend(threads: 1)) }
    #expect(try interrupted.results() == undisturbed.results())
  }

  @Test func fineTuningCanBeLeftWithinAStep() throws {
    let settings = try LongRunScene.fineTuning(["lambda": .real(0.5)])
    let (undisturbed, interrupted) = try leftWithinSteps {
      let backend = CPUBackend(threads: 1)
      let (description, model) = try LongRunScene.classifier(backend)
      return try FineTuningRun(settings, LongRunScene.dataset(), description, model, LongRunScene.generator(backend))
    }
    #expect(try interrupted.results() == undisturbed.results())
  }

  /// An undisturbed run, and one that is left again and again in each unit, further on each time, and taken up by a fresh run.
  private func leftWithinSteps<Run: LongRun>(_ fresh: () throws -> Run) throws -> (undisturbed: Run, interrupted: Run) {
    var undisturbed = try fresh()
    while undisturbed.done < undisturbed.total { try undisturbed.advance() }
    var run = try fresh()
    var stops = 0
    while run.done < run.total {
      let unit = run.done
      // How many checks are passed before it leaves at the next: more each time, so that the unit ends.
      var limit = 0
      while run.done == unit {
        var passed = 0
        do {
          try run.advance {
            passed += 1
            if passed > limit { throw Stopped() }
          }
        } catch is Stopped {
          stops += 1
          limit += 1 + limit / 3
          let saved = try run.snapshot()
          run = try fresh()
          try run.restore(saved)
        }
      }
    }
    #expect(stops >= 2 * run.total)
    return (undisturbed, run)
  }

  @Test func fineTuningThatEndedEarlyStaysEndedAfterAResume() throws {
    // A rate of next to nothing never betters the first epoch: with a patience of 1 the second is the last.
    let settings = try LongRunScene.fineTuning(["patience": .integer(1), "epochs": 5, "rate": 1e-30, "schedule": "constant"])
    func fresh() throws -> FineTuningRun {
      let backend = CPUBackend(threads: 1)
      let (description, model) = try LongRunScene.classifier(backend)
      return try FineTuningRun(settings, LongRunScene.dataset(), description, model, nil)
    }
    let undisturbed = try Driver().finish(stoppingAt: [], fresh).results()
    let selection = try JSON(parsing: try #require(undisturbed["selection.json"]))
    #expect(selection["ended_early"] == .bool(true) && selection["last_epoch"] == selection["best_epoch"].flatMap { $0.whole.map { .integer($0 + 1) } })
    #expect(try Driver().finish(stoppingAt: [3, 9], fresh).results() == undisturbed)
  }

  /// As one of another version of the program; what does not fit is noticed when much was restored.
  @Test(arguments: [true, false]) func aCheckpointThatDoesNotFitGivesWayToAnOlderOneOrToTheBeginning(isOlderOneThere: Bool) throws {
    let settings = try LongRunScene.fineTuning()
    func fresh() throws -> FineTuningRun {
      let (description, model) = try LongRunScene.classifier(CPUBackend(threads: 1))
      return try FineTuningRun(settings, LongRunScene.dataset(), description, model, nil)
    }
    let undisturbed = try Driver().finish(stoppingAt: [], fresh).results()
    let (donor, driver) = (try Driver(), try Driver())
    try donor.stop(at: 7, fresh)
    if isOlderOneThere { try driver.stop(at: 3, fresh) }
    var files = try #require(try donor.checkpoints.newest()).files
    files["optimiser.safetensors"] = nil
    try driver.checkpoints.save(step: 7, files)
    #expect(try driver.finish(stoppingAt: [5], fresh).results() == undisturbed)
  }

  /// What comes after the last step can take minutes.
  @Test func aStopAfterTheLastStepLeavesACheckpointToo() throws {
    let settings = try LongRunScene.coTraining()
    func fresh() throws -> CoTrainingRun { try CoTrainingRun(settings, LongRunScene.dataset(), on: CPUBackend(threads: 1)) }
    let undisturbed = try Driver().finish(stoppingAt: [], fresh).results()
    let driver = try Driver()
    let stop = StopFlag()
    var run = try fresh()
    let last = StoppingProgress(stop: stop, unit: run.total)
    #expect(throws: Stopped.self) { try run.drive(in: driver.workspace(last, stop), unit: "steps") { try $0.results($1) } }
    #expect(try driver.checkpoints.newest()?.step == run.total)
    #expect(try driver.finish(stoppingAt: [], fresh).results() == undisturbed)
  }

  @Test func evaluationResumesToTheSameRecord() throws {
    let attacks: [[String: JSON]] = [["kind": "pgd", "steps": 2, "restarts": 2], ["kind": "pgd", "steps": 1, "random_start": false]]
    let plan = EvaluationPlan(
      splits: [.train, .test], limit: 10, attacks: try attacks.map { try AttackChoice($0, option: "attack") },
      epsilons: [0.1, 0].map(Epsilon.init), metrics: [LocalLipschitz(), Accuracy(nil)], batch: 4)
    func fresh(_ threads: Int) throws -> EvaluationRun {
      let (_, model) = try LongRunScene.classifier(CPUBackend(threads: threads))
      return try EvaluationRun(plan, LongRunScene.dataset(), [("best", model)])
    }
    let undisturbed = try Driver().finish(stoppingAt: []) { try fresh(1) }.document(network: "resnet32", width: 1)
    #expect(try Driver().finish(stoppingAt: [1, 7, 11, 17]) { try fresh(2) }.document(network: "resnet32", width: 1) == undisturbed)
    let split = try #require(undisturbed.models[0].split("test"))
    #expect(split.points.map(\.epsilonText) == ["0", "0.1"])
    #expect(split.points[0].correct >= split.points[1].correct && split.points[0].byAttack == nil)
    let byAttack = try #require(split.points[1].byAttack)
    #expect(byAttack.map(\.attack) == ["pgd", "pgd-2"] && byAttack.allSatisfy { $0.correct >= split.points[1].correct })
    #expect(split.metrics.map(\.key) == ["lipschitz", "clean"] && split.mean(of: "clean") == split.points[0].accuracy)
  }

  @Test func anEvaluationTakesNoCheckpointOfAnotherPlan() throws {
    let (_, model) = try LongRunScene.classifier(CPUBackend(threads: 1))
    var run = try EvaluationRun(EvaluationChoiceTests.plan(), squares(32, count: 10), [("best", model)])
    for _ in 0..<3 { try run.advance() }
    var other = try EvaluationRun(EvaluationChoiceTests.plan(limit: 2), squares(32, count: 10), [("best", model)])
    let files = try run.snapshot()
    #expect(throws: StageError.self) { try other.restore(files) }
  }

  @Test func trainingLearnsWhatTellsTheClassesApart() throws {
    let settings = try LongRunScene.fineTuning(["attack": "none", "optimiser": "adam", "epochs": 8, "rate": 0.02])
    let backend = CPUBackend(threads: 1)
    let (description, model) = try LongRunScene.classifier(backend)
    let run = try Driver().finish(stoppingAt: []) { try FineTuningRun(settings, LongRunScene.dataset(), description, model, nil) }
    let selection = try JSON(parsing: try #require(run.results()["selection.json"]))
    #expect((selection["validation_accuracy_best"]?.real ?? 0) > 0.9)
  }
}
