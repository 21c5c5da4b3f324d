import Glibc
import Synchronization

/// Why a run is asked to stop.
public enum StopReason: Int, Sendable, CaseIterable {
  case interrupt, terminate, user1, user2, hangUp

  /// The signal's number.
  public var signal: Int32 {
    switch self {
    case .interrupt: SIGINT
    case .terminate: SIGTERM
    case .user1: SIGUSR1
    case .user2: SIGUSR2
    case .hangUp: SIGHUP
    }
  }

  /// The signal's name.
  public var name: String {
    switch self {
    case .interrupt: "SIGINT"
    case .terminate: "SIGTERM"
    case .user1: "SIGUSR1"
    case .user2: "SIGUSR2"
    case .hangUp: "SIGHUP"
    }
  }
}

/// Raised once, when the run shall stop; polled by stages and by the runner at their own boundaries.
public final class StopFlag: Sendable {
  private let raised = Atomic<Int>(-1)
  private let followsSignals: Bool

  /// A flag that only ``raise(_:)`` raises.
  public init() { followsSignals = false }

  /// A flag that the process's signals raise: INT, TERM, USR1, USR2 and HUP; XCPU, which says that the time under `ulimit -t` is up, like TERM. A second INT
  /// ends the process at once with status 130.
  /// INT and HUP do nothing where the parent process ignored them, as `nohup` and a shell's `&` do.
  /// SIGPIPE and SIGXFSZ are ignored from then on, so that a closed pipe and a file beyond `ulimit -f` are errors to handle. To be called once, in
  /// the command, before it starts threads.
  public init(followingSignals: Void) {
    followsSignals = true
    // Touched before a handler can run: a handler must find it initialised.
    signalsSeen.store(0, ordering: .relaxed)
    for reason in StopReason.allCases where ![.interrupt, .hangUp].contains(reason) || !isIgnored(reason.signal) {
      install(noteSignal, for: reason.signal)
    }
    install(noteSignal, for: SIGXCPU)
    // A handler that does nothing, not SIG_IGN, which programs started by a stage would inherit.
    for signal in [SIGPIPE, SIGXFSZ] { install(ignoreSignal, for: signal) }
    // The parent process may have blocked them, which is inherited (threads of libdispatch have).
    var signals = sigset_t()
    sigemptyset(&signals)
    for signal in StopReason.allCases.map(\.signal) + [SIGXCPU] { sigaddset(&signals, signal) }
    pthread_sigmask(SIG_UNBLOCK, &signals, nil)
  }

  /// Why the run shall stop; nil while it shall go on. The first reason stays.
  public var reason: StopReason? {
    if followsSignals {
      let seen = signalsSeen.load(ordering: .relaxed)
      if seen != 0, let first = StopReason.allCases.first(where: { seen & 1 << $0.rawValue != 0 }) { raise(first) }
    }
    return StopReason(rawValue: raised.load(ordering: .acquiring))
  }

  /// - Throws: ``Stopped`` where the flag is raised.
  public func check() throws(Stopped) {
    if reason != nil { throw Stopped() }
  }

  /// Raises the flag; later reasons change nothing.
  public func raise(_ reason: StopReason) {
    _ = raised.compareExchange(expected: -1, desired: reason.rawValue, ordering: .acquiringAndReleasing)
  }
}

/// The signals that came, one bit each by `StopReason.rawValue`. The one global of the program: a signal handler has no other place to
/// write to, and may do no more than this.
private let signalsSeen = Atomic<Int>(0)

/// The handler. A function of its own: a closure passed to C may be bound to an actor and trap when the signal lands on another thread.
private func noteSignal(_ number: Int32) {
  let bit =
    switch number {
    case SIGINT: StopReason.interrupt.rawValue
    case SIGTERM, SIGXCPU: StopReason.terminate.rawValue
    case SIGUSR1: StopReason.user1.rawValue
    case SIGUSR2: StopReason.user2.rawValue
    default: StopReason.hangUp.rawValue
    }
  let before = signalsSeen.bitwiseOr(1 << bit, ordering: .relaxed).oldValue
  if number == SIGINT, before & 1 << bit != 0 { _exit(130) }
}

private func ignoreSignal(_ number: Int32) {}

private func isIgnored(_ signal: Int32) -> Bool {
  var action = sigaction()
  sigaction(signal, nil, &action)
  return unsafeBitCast(action.__sigaction_handler.sa_handler, to: Int.self) == unsafeBitCast(SIG_IGN, to: Int.self)
}

private func install(_ handler: @escaping @convention(c) (Int32) -> Void, for signal: Int32) {
  var action = sigaction()
  action.__sigaction_handler.sa_handler = handler
  // Blocking calls of others (gnuplot's pipes, the terminal) go on where they can.
  action.sa_flags = SA_RESTART
  sigemptyset(&action.sa_mask)
  sigaction(signal, &action, nil)
}

/// Thrown by a stage that saw the stop flag, saved a checkpoint if it can, and left.
public struct Stopped: Error, Equatable, Sendable {
  public init() {}
}
