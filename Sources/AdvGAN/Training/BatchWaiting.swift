import Foundation
import Jobs

/// How long a training waited for its batches.
struct BatchWaiting: Equatable, Sendable {
  /// Seconds until a batch that was asked for was there, all together.
  var waited = 0.0
  /// Seconds since the first was asked for; nil where none was.
  var total: Double?

  /// Seconds of a clock that never goes back.
  static let clock: @Sendable () -> Double = { Double(DispatchTime.now().uptimeNanoseconds) * 1e-9 }

  /// `waited 0.4 s of 812 s for images`; nil where no batch was asked for.
  var words: String? { total.map { String(format: "waited %.1f s of %.0f s for images", waited, $0) } }
}

extension Workspace {
  /// Tells the stage's log how long it waited for images.
  func log(_ waiting: BatchWaiting) {
    if let words = waiting.words { log.info("\(words)") }
  }
}
