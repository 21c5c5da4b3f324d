import NN

/// What is known of an image under a threat.
public enum Verdict: String, Sendable {
  /// Classified right as it is, and by every iterate that counts.
  case survived = "1"
  /// Classified wrong, as it is or at an iterate that counts.
  case fooled = "0"
  /// Nobody knows. No iterate that counts is classified wrong, but the attack was not carried out: in each of its runs it met an input gradient
  /// that shows no way (all zeros, or not finite), or logits that are not finite.
  case unmeasured = "?"

  /// The verdict of several attacks together.
  init(all verdicts: [Verdict]) { self = verdicts.contains(.fooled) ? .fooled : verdicts.contains(.unmeasured) ? .unmeasured : .survived }
}

/// What a classifier says of an image.
public enum Answer: Sendable {
  case right, wrong
  /// A logit is not finite.
  case none
}

extension Backend {
  /// For every image whether the largest logit (N, classes) is its label's. Of equal largest logits the first counts, as in PyTorch's argmax.
  public func answers(_ classLogits: Tensor, _ labels: [Int]) -> [Answer] {
    let classes = classLogits.shape[1]
    let values = host(classLogits)
    return labels.indices.map { n in
      let row = values[n * classes..<(n + 1) * classes]
      guard row.allSatisfy(\.isFinite), let top = row.max() else { return .none }
      return row.firstIndex(of: top) == row.startIndex + labels[n] ? .right : .wrong
    }
  }

  /// For every image whether it is classified right. An image with a logit that is not finite is not.
  public func isCorrect(_ classLogits: Tensor, _ labels: [Int]) -> [Bool] { answers(classLogits, labels).map { $0 == .right } }
}

/// What is known so far of images under one run of an attack.
struct Course {
  /// Whether an iterate that counts was wrong.
  private var isFooled: [Bool]
  /// Whether every gradient showed a way, and all logits that count are finite.
  private var isSound: [Bool]

  init(images: Int) { (isFooled, isSound) = ([Bool](repeating: false, count: images), [Bool](repeating: true, count: images)) }

  /// Takes in what the classifier says of iterates that count, (N, classes).
  mutating func take(_ classLogits: Tensor, _ labels: [Int], on backend: any Backend) {
    for (n, answer) in backend.answers(classLogits, labels).enumerated() {
      if answer == .wrong { isFooled[n] = true }
      if answer == .none { isSound[n] = false }
    }
  }

  /// Takes in the gradient that an iterate moves along.
  mutating func take(gradient: Tensor, on backend: any Backend) {
    for (n, size) in backend.magnitudes(gradient).enumerated() where !(size > 0 && size.isFinite) { isSound[n] = false }
  }

  var verdicts: [Verdict] { zip(isFooled, isSound).map { $0 ? .fooled : $1 ? .survived : .unmeasured } }
}

extension Attack {
  /// The verdict on each image. Those that are classified wrong as they are, by `wasCorrect`, count as fooled and are not attacked. `check` as in
  /// ``attack(_:_:_:_:check:)``.
  public func verdicts(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, wasCorrect: [Bool], _ stream: RandomStream,
    check: () throws -> Void
  ) rethrows -> [Verdict] {
    let right = batch.labels.indices.filter { wasCorrect[$0] }
    var verdicts = [Verdict](repeating: .fooled, count: batch.labels.count)
    guard !right.isEmpty else { return verdicts }
    let attacked = try attack(batch.at(right, on: classifier.backend), classifier, threat, stream, check: check)
    for (place, verdict) in zip(right, attacked.verdicts) { verdicts[place] = verdict }
    return verdicts
  }
}
