import Glibc
import IO

/// Slurm, as far as this program speaks to it.
public protocol SlurmClient: Sendable {
  /// Hands in a batch script.
  func submit(_ script: String) throws(SlurmError) -> SlurmJobID

  /// What Slurm says of jobs; those that it has forgotten are skipped.
  /// - Parameter seconds: to wait for the answer.
  func jobs(_ ids: [SlurmJobID], within seconds: Double) throws(SlurmError) -> [SlurmJob]

  /// Cancels jobs, in this order; those that ended already are no error.
  func cancel(_ ids: [SlurmJobID]) throws(SlurmError)

  /// Puts a running job back into the queue, which ends its processes.
  /// - Parameter job: a number, or `ARRAY_TASK` for one job of an array.
  func requeue(_ job: String) throws(SlurmError)
}

/// What went wrong between this program and Slurm: one sentence without a full stop.
public struct SlurmError: Error, Equatable, CustomStringConvertible, Sendable {
  public let description: String

  /// - Parameter sentence: may quote Slurm's commands: it stays one line, see `printable()`.
  public init(_ sentence: String) { description = sentence.printable() }
}

/// Slurm by its own commands, found on the PATH.
public struct SlurmCommands: SlurmClient {
  private let environment: [String: String]

  /// - Parameter environment: of this process; what of it Slurm's commands see is chosen here.
  public init(environment: [String: String]) { self.environment = SlurmCommands.environment(environment) }

  public func submit(_ script: String) throws(SlurmError) -> SlurmJobID {
    // By which the job is found again where the answer does not name it.
    let mark = "advgan-job-" + String(UInt64.random(in: 0 ... .max), radix: 16)
    let answer: ChildProgram.Answer
    do throws(SlurmError) {
      answer = try run("sbatch", ["--parsable", "--comment=\(mark)"], input: script, within: 60)
      try check(answer, "sbatch")
    } catch {
      // It may have been queued before whatever went wrong. A job that nobody remembers would be sent twice.
      if let id = try? job(marked: mark) { try? cancel([id]) }
      throw error
    }
    // A site may print its own words before the answer.
    let last = answer.output.split(whereSeparator: \.isNewline).last { !$0.allSatisfy(\.isWhitespace) }
    if let id = last.flatMap({ SlurmJobID(parsing: String($0)) }) { return id }
    if let id = try job(marked: mark) { return id }
    throw SlurmError(
      "sbatch answered '\(Self.words(answer.output))', where the number of a job was expected, and no job with the comment \(mark) is queued")
  }

  /// The job that was sent with a comment of its own; nil where there is none.
  private func job(marked mark: String) throws(SlurmError) -> SlurmJobID? {
    let answer = try run("squeue", ["--noheader", "--states=all", "--format=%A|%k"], within: 60)
    try check(answer, "squeue")
    for line in answer.output.split(whereSeparator: \.isNewline) {
      let parts = line.split(separator: "|", maxSplits: 1)
      if parts.count == 2, parts[1].contains(mark) { return SlurmJobID(parsing: String(parts[0])) }
    }
    return nil
  }

  public func jobs(_ ids: [SlurmJobID], within seconds: Double) throws(SlurmError) -> [SlurmJob] {
    var jobs: [SlurmJob] = []
    for (cluster, ids) in Self.byCluster(ids) {
      let list = ids.map { "\($0.number)" }.joined(separator: ",")
      let arguments = ["--noheader", "--states=all", "--jobs=\(list)", "--format=\(SlurmJob.format)"] + Self.option(cluster)
      let answer = try run("squeue", arguments, within: seconds)
      // Asked for a single job that it has forgotten, squeue fails; of several it lists those it knows.
      if answer.status != 0, answer.error.contains("Invalid job id specified") { continue }
      try check(answer, "squeue")
      guard let listed = SlurmJob.jobs(in: answer.output, cluster: cluster) else {
        throw SlurmError("squeue answered '\(Self.words(answer.output))', where lines of '\(SlurmJob.format)' were expected")
      }
      jobs += listed.filter { ids.contains($0.id) }
    }
    return jobs
  }

  public func cancel(_ ids: [SlurmJobID]) throws(SlurmError) {
    for (cluster, ids) in Self.byCluster(ids) {
      try check(run("scancel", Self.option(cluster) + ids.map { "\($0.number)" }, within: 60), "scancel")
    }
  }

  public func requeue(_ job: String) throws(SlurmError) {
    let answer = try run("scontrol", ["requeue", job], within: 60)
    // Once Slurm has taken the request it ends all processes of the job, scontrol too.
    if [128 + SIGTERM, 128 + SIGKILL, 128 + SIGCONT].contains(answer.status) { return }
    try check(answer, "scontrol requeue")
  }

  private func run(
    _ name: String, _ arguments: [String], input: String = "", within seconds: Double
  ) throws(SlurmError) -> ChildProgram.Answer {
    guard let program = ChildProgram(named: name, environment: environment) else {
      throw SlurmError("Slurm's command '\(name)' was not found on the PATH: go to a machine of the cluster, or use make")
    }
    do {
      return try program.run(arguments, input: input, within: seconds)
    } catch {
      throw SlurmError("Slurm could not be asked: \(error)")
    }
  }

  private func check(_ answer: ChildProgram.Answer, _ name: String) throws(SlurmError) {
    guard answer.status != 0 else { return }
    throw SlurmError("\(name) failed (exit status \(answer.status)): \(Self.words(answer.error))")
  }

  private static func option(_ cluster: String?) -> [String] { cluster.map { ["--clusters=\($0)"] } ?? [] }

  /// The jobs of each cluster in their order, the clusters in the order of their first jobs.
  private static func byCluster(_ ids: [SlurmJobID]) -> [(cluster: String?, ids: [SlurmJobID])] {
    var groups: [(cluster: String?, ids: [SlurmJobID])] = []
    for id in ids {
      let index = groups.firstIndex { $0.cluster == id.cluster } ?? groups.endIndex
      if index == groups.endIndex { groups.append((id.cluster, [])) }
      groups[index].ids.append(id)
    }
    return groups
  }

  /// What a command said, on one line that a terminal can show.
  static func words(_ text: String) -> String {
    let lines = text.split(whereSeparator: \.isNewline).map { $0.trimmingPrefix(#/[a-z]+: error: /#) }
    let words = lines.joined(separator: "; ").unicodeScalars.map { $0.value < 32 || $0.value == 127 ? " " : Character($0) }
    return words.isEmpty ? "it said nothing" : String(words.prefix(400))
  }
}

extension SlurmCommands {
  /// The environment for Slurm's commands, which sbatch also hands on to the job.
  ///
  /// Variables of sbatch and squeue outweigh a script's own directives; so only those stay that say where and as whom to work. Of the job
  /// that this process may itself run in, nothing stays but how to reach the cluster: its processors are not those of the new job.
  static func environment(_ environment: [String: String]) -> [String: String] {
    let kept: Set = [
      "SLURM_CONF", "SLURM_CONF_SERVER", "SLURM_CLUSTERS", "SLURM_JWT", "SLURM_MASTER_NODE", "SBATCH_ACCOUNT", "SBATCH_CLUSTERS",
      "SBATCH_CONSTRAINT", "SBATCH_PARTITION", "SBATCH_QOS", "SBATCH_RESERVATION",
    ]
    return environment.filter { name, _ in
      kept.contains(name) || !["SLURM_", "SLURMD_", "SBATCH_", "SQUEUE_", "SCANCEL_", "SCONTROL_"].contains { name.hasPrefix($0) }
    }
  }
}
