import Synchronization

extension CheckpointStore {
  /// What changes while a stage runs.
  final class State: Sendable {
    private let values: Mutex<Values>

    private struct Values {
      var lastSave: Double
      var resumedAt: Int?
      var hasAppended = false
      /// Steps of pieces that were saved, or read and found whole, in this run.
      var whole: Set<Int> = []
    }

    init(lastSave: Double) { values = Mutex(Values(lastSave: lastSave)) }

    /// Seconds since 1970, of the last save or the start.
    var lastSave: Double { values.withLock(\.lastSave) }

    /// The step that the stage went on from; nil where it began anew.
    var resumedAt: Int? { values.withLock(\.resumedAt) }

    func isWhole(_ step: Int) -> Bool { values.withLock { $0.whole.contains(step) } }

    func noteSaved(at time: Double) { values.withLock { $0.lastSave = time } }

    func noteResumed(at step: Int) { values.withLock { $0.resumedAt = step } }

    func noteAppended(_ step: Int) {
      values.withLock {
        $0.hasAppended = true
        $0.whole.insert(step)
      }
    }

    /// - Returns: whether the stage goes on from these pieces, rather than looks at what it made itself.
    func noteFound(_ steps: [Int]) -> Bool {
      values.withLock {
        $0.whole.formUnion(steps)
        guard !$0.hasAppended, $0.resumedAt == nil else { return false }
        $0.resumedAt = steps.last
        return true
      }
    }

    /// Whether this run got further than where it went on from, where the newest checkpoint is of that step. A piece may fill a gap before
    /// it.
    func isFurther(_ step: Int) -> Bool { values.withLock { $0.hasAppended || step > $0.resumedAt ?? -1 } }
  }
}
