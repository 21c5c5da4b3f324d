import Foundation
import Jobs
import Synchronization

/// Tells a run as it goes on: a line when a stage begins and ends, and how far it is in between, live on a terminal, sparsely elsewhere.
final class RunPrinter: RunObserver {
  private let terminal: Terminal
  private let isSilent: Bool
  private let warning: String?
  private let state = Mutex(State())

  private struct State {
    var lastLive = -Double.infinity
    var hasWarned = false
    /// By stage: tenths of the work that were told, and when.
    var told: [String: (tenths: Int, at: Double)] = [:]
  }

  /// - Parameters:
  ///   - isSilent: say nothing but which stages were made and which failed.
  ///   - warning: what to say once, before the first stage begins: that it will be slower than it could be.
  init(_ terminal: Terminal, isSilent: Bool, warning: String? = nil) {
    (self.terminal, self.isSilent, self.warning) = (terminal, isSilent, warning)
  }

  func handle(_ event: RunEvent) {
    switch event {
    case .planned: break
    case .started(let stage, let number, let total):
      warn()
      say("[\(number)/\(total)] \(stage.name): \(stage.decision.rawValue), \(stage.reason)")
    case .progress(let stage, let progress): if !isSilent { tell(stage, progress) }
    case .warned(let stage, let sentence): say("\(stage): \(sentence)")
    case .finished(let stage, let seconds, let isSame):
      terminal.print("\(stage): done in \(Clock.span(seconds))\(isSame ? ", identical to before" : "")")
    case .spared(let stage): say("\(stage): up to date, its inputs came out identical")
    case .foundMade(let stage): say("\(stage): another run has made it")
    case .waiting(_, let busy): say("\(busy.who); waiting for it to end")
    case .skipped(_, let busy): say("\(busy.who); skipped")
    case .published(let stage): say("\(stage): published")
    case .stopped(let stage, .before): say("\(stage): stopped before it began")
    case .stopped(let stage, .empty): say("\(stage): stopped; it keeps no checkpoint")
    case .stopped(let stage, .checkpoint(let step, _)): say("\(stage): stopped at step \(step); the same command goes on from there")
    case .failed(let failure): terminal.complain("advgan-job: \(failure)")
    }
  }

  private func warn() {
    guard let warning, !isSilent, state.withLock({ !$0.hasWarned }) else { return }
    state.withLock { $0.hasWarned = true }
    terminal.complain("advgan-job: warning: \(warning)")
  }

  private func say(_ line: String) {
    if !isSilent { terminal.print(Printable.text(line)) }
  }

  private func tell(_ stage: String, _ progress: StageProgress) {
    let isDue = state.withLock { state in
      if terminal.isLive {
        // The clock may have been set back meanwhile.
        guard abs(progress.now - state.lastLive) >= 0.1 else { return false }
        state.lastLive = progress.now
        return true
      }
      let tenths = progress.done * 10 / max(progress.total, 1)
      let told = state.told[stage]
      guard let told else {
        state.told[stage] = (tenths, progress.now)
        return false
      }
      let silence = abs(progress.now - told.at)
      guard tenths > told.tenths && silence >= 10 || silence >= 600 else { return false }
      state.told[stage] = (tenths, progress.now)
      return true
    }
    guard isDue else { return }
    if terminal.isLive {
      terminal.rewrite("\(stage) \(RunPrinter.bar(progress)) \(RunPrinter.words(progress))")
    } else {
      terminal.print(RunPrinter.line(stage, progress))
    }
  }

  /// `[=======             ]`, twenty cells for all of the work.
  static func bar(_ progress: StageProgress) -> String {
    let cells = min(max(progress.done * 20 / max(progress.total, 1), 0), 20)
    return "[" + String(repeating: "=", count: cells) + String(repeating: " ", count: 20 - cells) + "]"
  }

  /// `cotrain: step 23400/50000  47%  1.9/s  3 h 53 min left  loss 1.83`.
  static func line(_ stage: String, _ progress: StageProgress) -> String { "\(stage): \(words(progress))" }

  /// The same without the stage.
  static func words(_ progress: StageProgress) -> String {
    var parts = ["\(progress.done)/\(progress.total) \(progress.unit)", "\(progress.done * 100 / max(progress.total, 1))%"]
    if let rate = progress.rate { parts.append("\(rate >= 10 ? "\(Int(min(rate, 1e15)))" : "\((rate * 100).rounded() / 100)")/s") }
    if let left = progress.secondsLeft { parts.append("\(Clock.span(left)) left") }
    if !progress.note.isEmpty { parts.append(progress.note) }
    return parts.joined(separator: "  ")
  }
}
