import Foundation
import IO
import Synchronization

/// Carries out plans. It decides nothing: after every stage it asks the planner again, so that an artifact that came out as it was spares
/// what waits for it.
public struct Runner: Sendable {
  let job: Job
  let store: Store
  let circumstances: Circumstances
  let options: Options
  let stop: StopFlag
  let observer: any RunObserver

  public struct Options: Sendable {
    /// Stages that may run at once; at least 1.
    public var jobs: Int
    /// Threads shared by the stages that run at once; at least 1.
    public var threads: Int
    /// By what stages compute; nil leaves it to them.
    public var arithmetic: Arithmetic?
    /// After a failure, go on with what does not depend on it (`-k`).
    public var keepsGoing: Bool
    /// What to do with a stage that another run holds (`--if-busy`).
    public var ifBusy: IfBusy

    public init(jobs: Int = 1, threads: Int = 1, arithmetic: Arithmetic? = nil, keepsGoing: Bool = false, ifBusy: IfBusy = .fail) {
      precondition(jobs >= 1 && threads >= 1, "Runner.Options: \(jobs) jobs, \(threads) threads")
      (self.jobs, self.threads, self.arithmetic, self.keepsGoing, self.ifBusy) = (jobs, threads, arithmetic, keepsGoing, ifBusy)
    }
  }

  public init(_ job: Job, _ store: Store, _ circumstances: Circumstances, _ options: Options, stop: StopFlag, observer: any RunObserver) {
    (self.job, self.store, self.circumstances, self.options, self.stop) = (job, store, circumstances, options, stop)
    self.observer = SerialObserver(observer)
  }

  /// Makes stages and all they need.
  public func run(_ targets: [String]) throws -> RunResult { try run(Request(targets)) }

  /// - Throws: ``FileError`` where the store or an external file cannot even be listed. Failures of stages are in the result.
  public func run(_ request: Request) throws -> RunResult {
    do {
      return try carryOut(request)
    } catch is Stopped {
      // Outside of stages: while an external file was read for its digest.
      return RunResult(stopped: stop.reason)
    }
  }

  private func carryOut(_ request: Request) throws -> RunResult {
    var state = State(runner: self, request: request, listing: try store.listing(of: job.stages(of: request.targets)))
    observer.handle(.planned(state.plan))
    let finished = Mailbox()
    while true {
      for stage in state.startable() { start(stage, &state, finished) }
      guard !state.running.isEmpty || state.isWaiting else { break }
      // Stages that others hold are tried again ten times a second.
      if let (stage, outcome) = finished.wait(seconds: state.isWaiting ? 0.1 : .infinity) {
        try state.note(stage, outcome)
      } else {
        state.tryAgain()
      }
    }
    if state.isDone { try finish(&state) }
    return state.end()
  }

  private func start(_ planned: PlannedStage, _ state: inout State, _ finished: Mailbox) {
    guard let stage = job.stage(planned.name) else { return }
    state.begin(planned)
    let run = StageRun(
      job: job, stage: stage, store: store, circumstances: circumstances, request: state.request.alone(stage.name),
      threads: max(1, options.threads / max(1, min(options.jobs, state.remaining))), arithmetic: options.arithmetic,
      stop: stop, observer: observer)
    // One stage at a time needs no thread, which a full process table would not give.
    if options.jobs == 1 { return finished.post(stage.name, run.perform()) }
    // The stack that a main thread has: a stage may recurse.
    if let thread = SystemThread(stack: 8 << 20, { finished.post(stage.name, run.perform()) }) { return thread.detach() }
    // No room for another thread: fewer at once.
    finished.post(stage.name, run.perform())
  }

  /// For stages that were up to date: publishes again what went missing, brings records up to date, cleans up after crashes.
  private func finish(_ state: inout State) throws(FileError) {
    let made = Set(state.result.made)
    let upToDate = state.plan.stages.filter { !made.contains($0.name) }.compactMap { job.stage($0.name) }
    let publications = upToDate.map { Publication(job: job, stage: $0, store: store) }
    let leftovers = try store.leftovers(of: upToDate.map(\.name), publishing: publications.flatMap(\.files))
    for (stage, publication) in zip(upToDate, publications) {
      guard case .present(let manifest)? = state.listing.artifacts[stage.name] else { continue }
      let isIncomplete = try publication.isIncomplete()
      let isUntidy = try store.isUntidy(stage.name, manifest, publishing: publication.files, leftovers)
      guard isIncomplete || isUntidy else { continue }
      do {
        try store.prepare()
        let lock = try StageLock(stage.name, in: store.layout, for: circumstances, at: store.time(), on: store.disk)
        // A store that cannot be written is still good to read.
        try? store.tidy(manifest, publishing: publication.files, holding: lock)
        guard isIncomplete, try publication.publish(holding: lock) else { continue }
        state.result.published.append(stage.name)
        observer.handle(.published(stage: stage.name))
      } catch  where isIncomplete {
        let failure = StageFailure(
          stage: stage.name, kind: .failed, sentence: "its files for people could not be written: \(error)", log: nil)
        state.result.failures.append(failure)
        observer.handle(.failed(failure))
      } catch {
        // Somebody else holds the stage, or nothing can be written there: the next run will see to it.
      }
    }
  }
}

/// One event at a time reaches the observer.
private final class SerialObserver: RunObserver {
  private let observer: any RunObserver
  private let turn = Mutex(())

  init(_ observer: any RunObserver) { self.observer = observer }

  func handle(_ event: RunEvent) { turn.withLock { _ in observer.handle(event) } }
}

/// Where the stages' threads leave their outcomes.
private final class Mailbox: Sendable {
  private let outcomes = Mutex<[(String, StageRun.Outcome)]>([])
  private let count = DispatchSemaphore(value: 0)

  func post(_ stage: String, _ outcome: StageRun.Outcome) {
    outcomes.withLock { $0.append((stage, outcome)) }
    count.signal()
  }

  /// Blocks until there is one; nil where there was none for so long.
  func wait(seconds: Double) -> (String, StageRun.Outcome)? {
    let limit: DispatchTime = seconds.isFinite ? .now() + seconds : .distantFuture
    guard count.wait(timeout: limit) == .success else { return nil }
    return outcomes.withLock { $0.removeFirst() }
  }
}

/// What to do with a stage that another run holds.
public enum IfBusy: Equatable, Sendable {
  /// The stage fails, with exit status 9.
  case fail
  /// Leave it to the other run, and what depends on it.
  case skip
  /// Wait, at most so many seconds; without end where nil.
  case wait(seconds: Double?)

  /// `fail`, `skip`, `wait` or `wait:SECONDS`; nil for anything else.
  public init?(_ word: String) {
    switch word {
    case "fail": self = .fail
    case "skip": self = .skip
    case "wait": self = .wait(seconds: nil)
    default:
      guard word.hasPrefix("wait:"), let seconds = Double(word.dropFirst(5)), seconds >= 0, seconds.isFinite else { return nil }
      self = .wait(seconds: seconds)
    }
  }

  /// Whether to go on waiting when so many seconds have passed.
  func waits(after seconds: Double) -> Bool {
    guard case .wait(let most) = self else { return false }
    return most.map { seconds < $0 } ?? true
  }
}
