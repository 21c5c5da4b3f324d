import IO
import Jobs
import NN
import Testing

@testable import AdvGAN

/// What cannot be measured never counts as a result.
@Suite struct UnmeasuredTests {
  private let backend = CPUBackend(threads: 1)
  private let subject = AttackSubject(network: "resnet32", seed: 0)

  /// In each run the gradients of its steps, the same for all images, and the last iterate as the image itself or, where it is lost, as no number.
  private struct Made: MadeAttack {
    let gradients: [[Float]], isLost: Bool
    let stream: RandomStream
    var restarts: Int { gradients.count }
    let counted = IterateRule.last

    init(_ gradients: [[Float]], isLost: Bool = false, _ stream: RandomStream) {
      (self.gradients, self.isLost, self.stream) = (gradients, isLost, stream)
    }

    func run(
      _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void,
      watch: (InputGradient) -> Void
    ) rethrows -> Tensor {
      let backend = classifier.backend
      let number = gradients.indices.first { self.stream.derived("restart", $0) == stream } ?? 0
      for value in gradients[number] {
        let gradient = backend.tensor([Float](repeating: value, count: batch.images.count), batch.images.shape)
        watch(InputGradient(gradient: gradient, values: backend.zeros([batch.labels.count]), classLogits: nil))
      }
      return isLost ? backend.scaled(batch.images, by: .infinity) : batch.images
    }
  }

  @Test(arguments: [
    ([[1]], Verdict.survived), ([[1e-30, -1e30]], .survived), ([[0]], .unmeasured), ([[.nan]], .unmeasured), ([[-.infinity]], .unmeasured),
    ([[1, 0]], .unmeasured), ([[0, 1]], .unmeasured), ([[0], [1]], .survived), ([[1], [.nan]], .survived), ([[0], [.nan]], .unmeasured),
  ] as [([[Float]], Verdict)])
  func anImageSurvivesIfARunWasCarriedOut(_ gradients: [[Float]], _ verdict: Verdict) throws {
    let scene = try AttackScene(subject, on: backend)
    let found = verdicts(Made(gradients, subject.stream), scene)
    #expect(found == scene.wasCorrect.map { $0 ? verdict : .fooled })
  }

  @Test func logitsThatAreNotFiniteAreNeitherRightNorWrong() throws {
    let scene = try AttackScene(subject, on: backend)
    let found = verdicts(Made([[1]], isLost: true, subject.stream), scene)
    #expect(found == scene.wasCorrect.map { $0 ? .unmeasured : .fooled })
    let logits = backend.tensor([.infinity, 0, 0, .nan, -.infinity, 0, 1, 0], [4, 2])
    #expect(backend.answers(logits, [0, 0, 1, 0]) == [.none, .none, .none, .right])
  }

  private func verdicts(_ attack: any Attack, _ scene: AttackScene) -> [Verdict] {
    attack.verdicts(
      LabelledImages(scene.x, scene.labels), scene.model, Threat(radius: .levels(8)), wasCorrect: scene.wasCorrect, subject.stream) {}
  }

  @Test func severalAttacksMeasureAnImageTogether() {
    let all: [Verdict] = [.survived, .fooled, .unmeasured]
    let expected: [[Verdict]] = [[.survived, .fooled, .unmeasured], [.fooled, .fooled, .fooled], [.unmeasured, .fooled, .unmeasured]]
    #expect(all.map { one in all.map { Verdict(all: [one, $0]) } } == expected)
  }

  /// The gradients of a network whose class logits lie far apart vanish, and an attack by its gradients moves no image. That is no robustness.
  @Test(arguments: [Float(-1), -1e6]) func hugeLogitsHideTheGradient(_ factor: Float) throws {
    let document = try measured(factor)
    let split = try #require(document.models[0].split("test"))
    let (clean, attacked) = (split.points[0], split.points[1])
    #expect(clean.correct > 0 && clean.unmeasured == 0)
    let metric = try #require(split.metrics.first)
    if factor == -1 {
      #expect(attacked.unmeasured == 0 && metric.unmeasured == 0 && document.unmeasuredRemarks.isEmpty)
    } else {
      #expect(attacked.correct == 0 && attacked.unmeasured == clean.correct)
      // Only images that are classified wrong have a loss that changes.
      #expect(metric.unmeasured == clean.correct && metric.images == split.images)
      let most = "\(Decimals.plain(100 * clean.accuracy, 2)) %"
      #expect(
        document.unmeasuredRemarks == [
          "Images of the split 'test' that 'best' has no usable input gradient for, or no finite logits, were not measured: "
            + "\(clean.correct) of \(split.images) at 8/255, where the accuracy under attack is anything from 0.00 to \(most); "
            + "\(clean.correct) of \(split.images) for the local Lipschitz value."
        ])
    }
    #expect(try EvaluationDocument.read(document.encoded, from: "e.tar") == document)
  }

  /// Of a network as it was drawn, which has all images wrong, its class logits times a factor.
  private func measured(_ factor: Float) throws -> EvaluationDocument {
    var (_, model) = try LongRunScene.classifier(backend)
    scaleClassHead(of: &model, by: factor)
    let plan = EvaluationPlan(
      splits: [.test], limit: nil, attacks: [try AttackChoice(["kind": "pgd", "steps": 2, "random_start": false], option: "attack")],
      epsilons: [0, 8.0 / 255].map(Epsilon.init))
    var run = try EvaluationRun(plan, LongRunScene.dataset(), [("best", model)])
    while run.done < run.total { try run.advance() }
    return try run.document(network: "resnet32", width: 1)
  }

  private func scaleClassHead(of model: inout DiscriminatorModel, by factor: Float) {
    for (index, specification) in model.parameters.specifications.enumerated() where specification.name.hasPrefix("l_y.") {
      model.parameters.update(index) { $0 = backend.scaled($0, by: factor) }
    }
  }

  @Test func countsThatContradictEachOtherAreDamage() throws {
    var document = try measured(-1)
    document.models[0].splits[0].points[1].unmeasured = document.models[0].splits[0].images + 1
    let encoded = document.encoded
    #expect(message { try EvaluationDocument.read(encoded, from: "e.tar") }.contains("models[0].splits[0].points[1].unmeasured"))
    document = try measured(-1)
    document.models[0].splits[0].metrics[0].unmeasured = -1
    let other = document.encoded
    #expect(message { try EvaluationDocument.read(other, from: "e.tar") }.contains("models[0].splits[0].metrics[0].unmeasured"))
  }

  @Test func aNetworkWithoutFiniteLogitsIsAnErrorThatNamesTheLayer() throws {
    var (_, model) = try LongRunScene.classifier(backend)
    let names = model.parameters.specifications.map(\.name)
    let places = try ["block1.c1.weight", "block2.c1.weight"].map { try #require(names.firstIndex(of: $0)) }
    for place in places { model.parameters.update(place) { $0 = backend.scaled($0, by: 1e30) } }
    let batch = try LongRunScene.dataset().split(.test).batch(0..<3, on: backend)
    let images = LabelledImages(batch.images, batch.labels)
    #expect(
      message { try model.requiredAnswers(images, "'best' on images") }.hasPrefix(
        "'best' on images: the class logits of image 1 of 3 are not finite; the first layer whose output is not finite is 'block2.c1'"))
    model.parameters.update(places[1]) { $0 = backend.scaled($0, by: .infinity) }
    #expect(message { try model.requiredAnswers(images, "'best' on images") }.contains("; its parameter 'block2.c1.weight' is not finite"))
  }

  @Test func aTrainingThatDivergesFails() throws {
    let settings = try LongRunScene.fineTuning(["attack": "none", "validation_attack": "none", "rate": 10, "optimiser": "sgd", "epochs": 3])
    let backend = CPUBackend(threads: 1)
    var (description, model) = try LongRunScene.classifier(backend)
    let dataset = LongRunScene.dataset()
    let last = model.parameters.specifications.count - 1
    var run = try FineTuningRun(settings, dataset, description, model, nil)
    run.method.trainer.model.parameters.update(last) { $0 = backend.scaled($0, by: 1e38) }
    let ended = message { while run.done < run.total { try run.advance() } }
    #expect(ended.hasPrefix("training diverged "))
    // Parameters that an epoch leaves not finite, and those whose logits are not.
    run = try FineTuningRun(settings, dataset, description, model, nil)
    let context = EpochContext(epoch: 1, isLast: true, stream: RandomStream(seed: 1)) {}
    let name = model.parameters.specifications[last].name
    run.method.trainer.model.parameters.update(last) { $0 = backend.scaled($0, by: .nan) }
    #expect(
      message { _ = try run.method.endEpoch(context) }
        == "training diverged in epoch 1: the classifier's parameter '\(name)' is not finite; try a smaller 'rate'")
    scaleClassHead(of: &model, by: 1e38)
    run = try FineTuningRun(settings, dataset, description, model, nil)
    scaleClassHead(of: &run.method.trainer.model, by: 1)
    run.method.trainer.model.parameters.update(0) { $0 = backend.scaled($0, by: 1e30) }
    #expect(message { _ = try run.method.endEpoch(context) }.contains("validation images are not finite; try a smaller 'rate'"))
    let players = [(name: "generator", parameters: run.method.trainer.model.parameters)]
    try context.requireFinite(players)
  }

  @Test(arguments: [("none", false), ("pgd", true)] as [(JSON, Bool)])
  func whatWasNotAttackedHasNoAccuracyUnderAttack(_ validation: JSON, _ isAttacked: Bool) throws {
    let settings = try LongRunScene.fineTuning(["validation_attack": validation, "attack": "none", "epochs": 1])
    let (description, model) = try LongRunScene.classifier(backend)
    var run = try FineTuningRun(settings, LongRunScene.dataset(), description, model, nil)
    #expect(run.method.note(["loss_real": 1, "accuracy_real": 0.5]) == ", loss 1.000, accuracy 50.0 %")
    while run.done < run.total { try run.advance() }
    let metrics = try JSON(parsing: try #require(run.results()["metrics.jsonl"]))
    #expect((metrics["validation_robust"] != nil) == isAttacked && metrics["validation_clean"] != nil)
    let selection = try JSON(parsing: try #require(run.results()["selection.json"]))
    #expect((selection["validation_attack"] != nil) == isAttacked)
  }

  @Test(arguments: [
    (["step": "0"], "a 'step' of 0 moves no image"), (["step": 0], "a 'step' of 0 moves no image"), (["step": "0/255"], "a 'step' of 0 moves no image"),
    (["restarts": 2, "random_start": false], "without 'random_start' each of 2 'restarts' would be the same run"),
    (["epsilon": 0], "an 'epsilon' of 0 attacks nothing; say 'attack: none', or give a size"),
  ] as [([String: JSON], String)])
  func settingsThatCannotMeanWhatTheySayAreRefused(_ settings: [String: JSON], _ words: String) {
    let given = settings.merging(["kind": "pgd"]) { $1 }
    #expect(
      message {
        var reader = SettingsReader(["attack": .object(given)], owner: "the test")
        _ = try reader.attack("attack", defaults: [:], "the attack")
      }.contains(words))
    if settings["epsilon"] == nil { #expect(message { _ = try AttackChoice(given, option: "--attack") }.contains(words)) }
  }
}
