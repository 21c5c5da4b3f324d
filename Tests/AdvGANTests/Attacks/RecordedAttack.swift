import AdvGAN
import NN

/// An attack that remembers what it showed and made, so that it is paid for once and judged by several rules.
final class RecordedAttack: Attack, @unchecked Sendable {
  private let attack: PGD
  /// Of the latest call: logits of every iterate but the last, and the last iterate.
  private(set) var shown: [Tensor] = []
  private(set) var last: Tensor?

  init(_ attack: PGD) { self.attack = attack }

  func perturbed(
    _ x: Tensor, _ labels: [Int], against model: DiscriminatorModel, _ stream: RandomStream, watch: (Tensor) throws -> Void
  ) rethrows -> Tensor {
    shown = []
    let found = try attack.perturbed(x, labels, against: model, stream) {
      shown.append($0)
      try watch($0)
    }
    last = found
    return found
  }

  /// Shows and gives the same again, whatever it is asked.
  struct Replay: Attack, @unchecked Sendable {
    let shown: [Tensor], last: Tensor

    func perturbed(
      _ x: Tensor, _ labels: [Int], against model: DiscriminatorModel, _ stream: RandomStream, watch: (Tensor) throws -> Void
    ) rethrows -> Tensor {
      for logits in shown { try watch(logits) }
      return last
    }
  }

  /// Nil before the first call.
  var replay: Replay? { last.map { Replay(shown: shown, last: $0) } }
}
