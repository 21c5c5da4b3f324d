import Jobs
import NN

/// Which iterates of an attack count against an image.
public enum IterateRule: String, CaseIterable, Codable, Sendable {
  /// Every iterate met on the way, the start included: the stronger measure.
  case every
  /// The last one of each restart: the textbook PGD-n of most papers.
  case last

  /// In the words of records.
  var words: String { "\(rawValue) iterate" }
}

/// An attack that moves images step by step, perhaps several times from other starting points.
public protocol IterativeAttack: Attack {
  var objective: any AttackObjective { get }
  /// How often it starts anew; at least 1.
  var restarts: Int { get }
  var counted: IterateRule { get }

  /// One run. `watch` sees the class logits of every iterate before it is moved on, where the network has a class head; the last iterate comes back, unseen by `watch`. `check` is
  /// called before every step.
  func run(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void,
    watch: (Tensor) -> Void
  ) rethrows -> Tensor
}

extension IterativeAttack {
  /// The last iterate; of several runs, for each image the one with the greatest objective.
  public func images(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void
  ) rethrows -> Tensor {
    var best = try run(batch, classifier, threat, stream, check: check) { _ in }
    guard restarts > 1 else { return best }
    let backend = classifier.backend
    func values(_ images: Tensor) -> [Float] {
      backend.host(classifier.inputGradient(of: objective, at: LabelledImages(images, batch.labels)).values)
    }
    var greatest = values(best)
    for restart in 1..<restarts {
      let other = try run(batch, classifier, threat, stream.derived("restart", restart), check: check) { _ in }
      let found = values(other)
      best = backend.joined(batch.labels.indices.map { backend.rows(found[$0] > greatest[$0] ? other : best, $0..<$0 + 1) })
      greatest = zip(greatest, found).map { $1 > $0 ? $1 : $0 }
    }
    return best
  }

  /// An image that is wrong at an iterate that counts is fooled, and is not attacked again.
  public func attack(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void
  ) rethrows -> Attacked {
    let backend = classifier.backend
    var standing = Array(batch.labels.indices)
    var (ends, queries) = (batch.labels.indices.map { backend.rows(batch.images, $0..<$0 + 1) }, 0)
    for restart in 0..<restarts where !standing.isEmpty {
      let part = batch.at(standing, on: backend)
      var held = [Bool](repeating: true, count: standing.count)
      let last = try run(part, classifier, threat, stream.derived("restart", restart), check: check) { logits in
        queries += standing.count
        if counted == .every { held = zip(held, backend.isCorrect(logits, part.labels)).map { $0 && $1 } }
      }
      queries += standing.count
      held = zip(held, classifier.isCorrect(LabelledImages(last, part.labels))).map { $0 && $1 }
      for (row, place) in standing.enumerated() { ends[place] = backend.rows(last, row..<row + 1) }
      standing = zip(standing, held).filter(\.1).map(\.0)
    }
    let survived = Set(standing)
    return Attacked(
      images: batch.labels.isEmpty ? batch.images : backend.joined(ends), fooled: batch.labels.indices.map { !survived.contains($0) },
      queries: queries)
  }
}
