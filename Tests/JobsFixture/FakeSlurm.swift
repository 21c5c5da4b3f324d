import Jobs
import Synchronization

/// A Slurm that runs nothing: it numbers what is handed in from 101 on, and says of jobs what the test put in.
public final class FakeSlurm: SlurmClient {
  private struct State {
    var scripts: [String] = []
    var calls: [String] = []
    var states: [Int: (state: String, reason: String?, node: String?)] = [:]
    var refusals: [String: String] = [:]
    var submissionsLeft = Int.max
    var stop: (after: Int, flag: StopFlag)?
  }

  private let state = Mutex(State())

  public init() {}

  /// What was handed in, in order.
  public var scripts: [String] { state.withLock(\.scripts) }
  /// What was asked, such as `cancel 103 102`.
  public var calls: [String] { state.withLock(\.calls) }

  /// What is to be said of a job; nil forgets it.
  public func put(_ number: Int, _ word: String?, reason: String? = nil, node: String? = nil) {
    state.withLock { $0.states[number] = word.map { ($0, reason, node) } }
  }

  /// Fails `submit` after so many more.
  public func refuse(after submissions: Int) { state.withLock { $0.submissionsLeft = submissions } }

  /// Raises a flag once so many jobs were handed in.
  public func raise(_ flag: StopFlag, after submissions: Int) { state.withLock { $0.stop = (submissions, flag) } }

  /// Fails a call (`squeue`, `scancel`, `requeue`) with a sentence.
  public func refuse(_ call: String, _ sentence: String) { state.withLock { $0.refusals[call] = sentence } }

  public func submit(_ script: String) throws(SlurmError) -> SlurmJobID {
    let number = state.withLock { state -> Int? in
      guard state.submissionsLeft > 0 else { return nil }
      state.submissionsLeft -= 1
      state.scripts.append(script)
      if let (count, flag) = state.stop, state.scripts.count == count { flag.raise(.interrupt) }
      let number = 100 + state.scripts.count
      state.states[number] = ("PENDING", script.contains("--dependency") ? "Dependency" : "Priority", nil)
      return number
    }
    guard let number, let id = SlurmJobID(number) else { throw SlurmError("sbatch failed (exit status 1): the queue is full") }
    return id
  }

  public func jobs(_ ids: [SlurmJobID], within seconds: Double) throws(SlurmError) -> [SlurmJob] {
    try note("squeue", ids.map(\.description))
    return state.withLock { state in
      ids.compactMap { id in
        state.states[id.number].map { SlurmJob(id: id, state: $0.state, reason: $0.reason, node: $0.node) }
      }
    }
  }

  public func cancel(_ ids: [SlurmJobID]) throws(SlurmError) {
    try note("scancel", ids.map(\.description))
    for id in ids { put(id.number, "CANCELLED") }
  }

  public func requeue(_ job: String) throws(SlurmError) { try note("requeue", [job]) }

  private func note(_ call: String, _ words: [String]) throws(SlurmError) {
    let refusal = state.withLock { state in
      state.calls.append(([call] + words).joined(separator: " "))
      return state.refusals[call]
    }
    if let refusal { throw SlurmError(refusal) }
  }
}
