/// What Slurm says of a job that it still knows. A hint for people and for `submit`; the artifacts' own records are the truth.
public struct SlurmJob: Equatable, Sendable {
  public enum Phase: Sendable {
    case queued
    /// It waits for a job that failed, until Slurm cancels it too.
    case hopeless
    case running, ended
  }

  public let id: SlurmJobID
  /// Slurm's word, such as `PENDING`.
  public let state: String
  /// Why it waits or how it ended, such as `Dependency`; nil where Slurm says none.
  public let reason: String?
  /// The machines it runs or ran on; nil where there are none.
  public let node: String?

  public init(id: SlurmJobID, state: String, reason: String? = nil, node: String? = nil) {
    (self.id, self.state, self.reason, self.node) = (id, state, reason, node)
  }

  public var phase: Phase {
    if Self.endings.keys.contains(state) { return .ended }
    guard Self.waiting.contains(state) else { return .running }
    return reason == "DependencyNeverSatisfied" ? .hopeless : .queued
  }

  /// `is queued (Dependency)`, `is running on node07`, `ran out of time`.
  public var words: String {
    if let ending = Self.endings[state] { return ending }
    if Self.waiting.contains(state) { return "is queued\(reason.map { " (\($0))" } ?? "")" }
    let verb = state == "RUNNING" ? "running" : state.lowercased().replacing("_", with: " ")
    return "is \(verb)\(node.map { " on \($0)" } ?? "")"
  }

  private static let waiting: Set = [
    "PENDING", "CONFIGURING", "REQUEUED", "REQUEUE_HOLD", "REQUEUE_FED", "RESV_DEL_HOLD", "SPECIAL_EXIT",
  ]
  private static let endings = [
    "COMPLETED": "is done", "FAILED": "failed", "CANCELLED": "was cancelled", "TIMEOUT": "ran out of time",
    "OUT_OF_MEMORY": "ran out of memory", "NODE_FAIL": "was lost with its node", "BOOT_FAIL": "was lost with its node",
    "PREEMPTED": "was preempted", "DEADLINE": "missed its deadline", "REVOKED": "was revoked",
  ]
}

extension SlurmJob {
  /// What `squeue` is asked to print of a job: number, state, reason, machines.
  static let format = "%A|%T|%r|%N"

  /// Reads the lines that `squeue` prints in ``format``; nil where one of them is none. With `--clusters` a line names the cluster before
  /// its jobs.
  static func jobs(in answer: String, cluster: String?) -> [SlurmJob]? {
    var jobs: [SlurmJob] = []
    for line in answer.split(separator: "\n") where !(cluster != nil && line.hasPrefix("CLUSTER: ")) {
      let parts = line.split(separator: "|", omittingEmptySubsequences: false).map(String.init)
      guard parts.count == 4, let number = Int(parts[0]), let id = SlurmJobID(number, cluster: cluster),
        parts[1].wholeMatch(of: /[A-Z][A-Z_]{0,31}/) != nil
      else { return nil }
      jobs.append(SlurmJob(id: id, state: parts[1], reason: word(parts[2]), node: word(parts[3])))
    }
    return jobs
  }

  /// A word as it may be shown on a terminal; nil for Slurm's ways to say none.
  private static func word(_ text: String) -> String? {
    let printable = String(text.unicodeScalars.filter { $0.value >= 32 && $0.value < 127 }.prefix(80).map(Character.init))
    return ["", "None", "(null)"].contains(printable) ? nil : printable
  }
}

/// The number that Slurm gave a job, and the cluster where there are several.
public struct SlurmJobID: Hashable, Sendable, CustomStringConvertible {
  public let number: Int
  public let cluster: String?

  /// nil for what Slurm never says: numbers are positive and fit 32 bits, clusters have plain names.
  public init?(_ number: Int, cluster: String? = nil) {
    guard (1...Int(UInt32.max)).contains(number) else { return nil }
    if let cluster, cluster.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}/) == nil { return nil }
    (self.number, self.cluster) = (number, cluster)
  }

  /// Reads what `sbatch --parsable` prints: `123` or `123;cluster`, and nothing else but one line feed.
  init?(parsing answer: String) {
    guard let match = answer.wholeMatch(of: /([0-9]{1,10})(?:;([^;\n]+))?\n?/), let number = Int(match.output.1) else { return nil }
    self.init(number, cluster: match.output.2.map(String.init))
  }

  public var description: String { "\(number)\(cluster.map { " of \($0)" } ?? "")" }
}
