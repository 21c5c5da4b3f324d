import IO
import Synchronization

/// Passes a stage's progress on to the observer, and now and then to a file that `status` reads.
final class ProgressRecorder: ProgressReporter {
  private let stage: String
  private let store: Store
  private let observer: any RunObserver
  private let state = Mutex<State>(State())

  private struct State {
    var first: (done: Int, at: Double)?
    var lastWrite = -Double.infinity
  }

  /// Seconds between two writes of the file.
  static let interval = 5.0

  init(_ stage: String, _ store: Store, _ observer: any RunObserver) { (self.stage, self.store, self.observer) = (stage, store, observer) }

  func report(_ done: Int, of total: Int, unit: String, note: String) {
    let now = store.uptime()
    let (first, isDue) = state.withLock { state in
      let first = state.first ?? (done, now)
      state.first = first
      let isDue = now - state.lastWrite >= ProgressRecorder.interval
      if isDue { state.lastWrite = now }
      return (first, isDue)
    }
    let progress = StageProgress(done: done, total: total, unit: unit, note: note, doneAtStart: first.done, elapsed: now - first.at, now: store.time())
    // For people only: a full disk shall show itself where it matters.
    if isDue { try? JSON.publish(progress, at: store.layout.progress(stage), on: store.disk) }
    observer.handle(.progress(stage: stage, progress))
  }
}
