import AdvGAN
import NN
import TestSupport
import Testing

/// Accuracy under attack and the local Lipschitz value.
@Suite struct AttackMetricTests {
  private let backend = CPUBackend(threads: 1)

  @Test(arguments: AttackSubject.judging, IterateRule.allCases)
  func imagesThatWereWrongNeverSurvive(_ subject: AttackSubject, _ rule: IterateRule) throws {
    let scene = try AttackScene(subject, on: backend)
    let survived = scene.survivors(epsilon: 0.25, restarts: 1, rule)
    #expect(zip(survived, scene.wasCorrect).allSatisfy { !$0 || $1 })
    #expect(scene.wasCorrect.contains(false))
  }

  @Test(arguments: AttackSubject.judging, IterateRule.allCases)
  func moreRestartsNeverHelpTheImages(_ subject: AttackSubject, _ rule: IterateRule) throws {
    let scene = try AttackScene(subject, on: backend)
    let kept = [1, 3].map { Self.places(scene.survivors(epsilon: 0.25, restarts: $0, rule)) }
    #expect(kept[1].isSubset(of: kept[0]))
  }

  @Test(arguments: AttackSubject.judging)
  func countingEveryIterateIsNeverKinder(_ subject: AttackSubject) throws {
    let scene = try AttackScene(subject, on: backend)
    let (every, last) = (scene.survivors(epsilon: 0.25, restarts: 1, .every), scene.survivors(epsilon: 0.25, restarts: 1, .last))
    #expect(Self.places(every).isSubset(of: Self.places(last)))
  }

  /// So that the tests above speak of attacks that take some images and leave some.
  @Test(arguments: AttackSubject.judging)
  func largerBallsTakeMore(_ subject: AttackSubject) throws {
    let scene = try AttackScene(subject, on: backend)
    #expect(scene.survivors(epsilon: 0, restarts: 2, .every) == scene.wasCorrect)
    #expect((1...5).contains(Self.places(scene.survivors(epsilon: 0.25, restarts: 1, .last)).count))
    #expect(scene.survivors(epsilon: 64, restarts: 2, .every) == [Bool](repeating: false, count: 8))
  }

  /// Gives images back as they are at first, and those of another place of the batch at the second restart.
  private struct Swapping: MadeAttack {
    let second: RandomStream, restarts: Int
    let counted = IterateRule.last

    init(second: RandomStream, restarts: Int) { (self.second, self.restarts) = (second, restarts) }

    func run(
      _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void,
      watch: (InputGradient) -> Void
    ) rethrows -> Tensor {
      guard stream == second else { return batch.images }
      let (backend, count) = (classifier.backend, batch.labels.count)
      return backend.joined(batch.labels.indices.map { backend.rows(batch.images, ($0 + 1) % count..<($0 + 1) % count + 1) })
    }
  }

  @Test func anImageMustSurviveEveryRestart() throws {
    let scene = try AttackScene(AttackSubject(network: "resnet32", seed: 0), on: backend)
    let survived = [1, 2].map { restarts in
      scene.survivors(
        Swapping(second: scene.subject.stream.derived("restart", 1), restarts: restarts), scene.labels, wasCorrect: scene.wasCorrect)
    }
    #expect(survived[0] == scene.wasCorrect)
    // Only the six right ones are attacked: each stands where the next of them is of the same class.
    let right = scene.labels.indices.filter { scene.wasCorrect[$0] }
    let standing = right.indices.filter { scene.labels[right[$0]] == scene.labels[right[($0 + 1) % right.count]] }.map { right[$0] }
    #expect(Self.places(survived[1]) == Set(standing))
    #expect(standing.count < right.count)
  }

  /// An attack that only shows iterates which are wrong on the way, and gives the image back.
  private struct Passing: MadeAttack {
    let shown: [Float], counted: IterateRule
    let restarts = 1

    init(shown: [Float], counted: IterateRule) { (self.shown, self.counted) = (shown, counted) }

    func run(
      _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void,
      watch: (InputGradient) -> Void
    ) rethrows -> Tensor {
      watch(.told(by: classifier.backend.tensor(shown, [batch.labels.count, shown.count / batch.labels.count]), of: batch, on: classifier.backend))
      return batch.images
    }
  }

  @Test func onlyTheEveryRuleCountsWhatWasMetOnTheWay() throws {
    let scene = try AttackScene(AttackSubject(network: "resnet32", seed: 1), on: backend)
    let all = [Bool](repeating: true, count: 8)
    let labels = scene.predictions
    var logits = [Float](repeating: 0, count: 40)
    for (n, label) in labels.enumerated() { logits[5 * n + label] = n == 3 ? -1 : 1 }
    func survivors(_ rule: IterateRule) -> [Bool] {
      scene.survivors(Passing(shown: logits, counted: rule), labels, wasCorrect: all)
    }
    #expect(survivors(.last) == all)
    #expect(survivors(.every) == all.indices.map { $0 != 3 })
  }

  @Test func ofEqualLargestLogitsTheFirstCounts() {
    let logits = backend.tensor([1, 1, 0, 0, 2, 2], [2, 3])
    #expect(backend.isCorrect(logits, [0, 1]) == [true, true])
    #expect(backend.isCorrect(logits, [1, 2]) == [false, false])
  }

  /// A network that has come to grief must not look robust.
  @Test(arguments: 0..<3)
  func aLogitThatIsNoNumberIsNeverRight(_ place: Int) {
    var row: [Float] = [1, 1, 1]
    row[place] = .nan
    for label in 0..<3 { #expect(backend.isCorrect(backend.tensor(row, [1, 3]), [label]) == [false]) }
  }

  @Test(arguments: AttackSubject.judging)
  func theLipschitzValueIsTheSteepestAscent(_ subject: AttackSubject) throws {
    let model = try subject.model(on: backend)
    let (x, labels) = (subject.images(on: backend), subject.labels)
    let norms = LocalLipschitz().measure(LabelledImages(x, labels), model, subject.stream) {}[0]
    for n in [0, 6] {
      let one = backend.rows(x, n..<n + 1)
      let gradient = model.inputGradient(of: CrossEntropyObjective(), at: LabelledImages(one, [labels[n]])).gradient
      let length = try #require(backend.rowNorms(gradient).first)
      #expect(abs(norms[n] / length - 1) < 1e-4)
      let rise = try difference(model, one, labels[n], along: backend.scaled(gradient, by: Float(1 / length)))
      #expect(abs(rise / norms[n] - 1) < 0.02, "image \(n): \(rise) by differences, \(norms[n])")
    }
  }

  /// Central difference of the classification loss along a direction of length 1.
  private func difference(_ model: DiscriminatorModel, _ x: Tensor, _ label: Int, along direction: Tensor) throws -> Double {
    let h: Float = 0.001
    func loss(at distance: Float) -> Double {
      var moved = x
      backend.add(direction, times: distance, to: &moved)
      return Double(CrossEntropyObjective().values(model, moved, [label])[0])
    }
    return (loss(at: h) - loss(at: -h)) / Double(2 * h)
  }

  private static func places(_ flags: [Bool]) -> Set<Int> { Set(flags.indices.filter { flags[$0] }) }
}
