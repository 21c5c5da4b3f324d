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

  /// One run. `watch` sees what was found at every iterate before it is moved on; the last iterate comes back, unseen by `watch`. `check` is called
  /// before every step.
  func run(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void,
    watch: (InputGradient) -> Void
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

  /// An image that is wrong at an iterate that counts is fooled, and is not attacked again. Of the others those survive for which one run at least was
  /// carried out to its end.
  public func attack(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void
  ) rethrows -> Attacked {
    let backend = classifier.backend
    var verdicts = [Verdict](repeating: .unmeasured, count: batch.labels.count)
    var (ends, queries) = (batch.labels.indices.map { backend.rows(batch.images, $0..<$0 + 1) }, 0)
    for restart in 0..<restarts {
      let standing = verdicts.indices.filter { verdicts[$0] != .fooled }
      if standing.isEmpty { break }
      let part = batch.at(standing, on: backend)
      var course = Course(images: standing.count)
      let last = try run(part, classifier, threat, stream.derived("restart", restart), check: check) { found in
        queries += standing.count
        course.take(gradient: found.gradient, on: backend)
        if counted == .every, let logits = found.classLogits { course.take(logits, part.labels, on: backend) }
      }
      queries += standing.count
      course.take(classifier.classLogits(last), part.labels, on: backend)
      for (row, (place, verdict)) in zip(standing, course.verdicts).enumerated() {
        ends[place] = backend.rows(last, row..<row + 1)
        if verdict != .unmeasured { verdicts[place] = verdict }
      }
    }
    return Attacked(images: batch.labels.isEmpty ? batch.images : backend.joined(ends), verdicts: verdicts, queries: queries)
  }
}
