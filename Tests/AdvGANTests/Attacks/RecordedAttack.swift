import AdvGAN
import Jobs
import NN

/// An attack that remembers what it showed and made, so that it is paid for once and judged by several rules.
final class RecordedAttack: MadeAttack, @unchecked Sendable {
  private let attack: PGD
  /// Of the latest run: what was found at every iterate but the last, and the last iterate.
  private(set) var shown: [InputGradient] = []
  private(set) var last: Tensor?

  init(_ attack: PGD) { self.attack = attack }
  convenience init(_ settings: inout SettingsReader) throws { throw settings.error("a recorded attack is one of tests") }

  var restarts: Int { 1 }
  var counted: IterateRule { .every }

  func run(
    _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void,
    watch: (InputGradient) -> Void
  ) rethrows -> Tensor {
    shown = []
    let found = try attack.run(batch, classifier, threat, stream, check: check) {
      shown.append($0)
      watch($0)
    }
    last = found
    return found
  }

  /// Shows and gives the same again, whatever it is asked, and counts the last iterate.
  struct Replay: MadeAttack, @unchecked Sendable {
    let shown: [InputGradient], last: Tensor
    let restarts = 1, counted = IterateRule.last

    init(shown: [InputGradient], last: Tensor) { (self.shown, self.last) = (shown, last) }

    func run(
      _ batch: LabelledImages, _ classifier: any Classifier, _ threat: Threat, _ stream: RandomStream, check: () throws -> Void,
      watch: (InputGradient) -> Void
    ) rethrows -> Tensor {
      shown.forEach(watch)
      return last
    }
  }

  /// Nil before the first call.
  var replay: Replay? { last.map { Replay(shown: shown, last: $0) } }
}
