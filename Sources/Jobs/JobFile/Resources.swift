/// What a stage asks of a cluster. Never part of a fingerprint.
public struct Resources: Equatable, Sendable {
  /// Processors; nil leaves the choice to the cluster.
  public var cpus: Int?
  /// As Slurm writes it: a whole number and `K`, `M`, `G` or `T`.
  public var memory: String?
  /// As Slurm writes it, such as `24:00:00` or `2-00:00:00`.
  public var time: String?
  /// Names that the cluster knows; nil leaves the choice to it.
  public var partition: String?
  public var account: String?
  public var qos: String?
  /// Seconds before the end of `time` at which the stage is warned; nil for ``defaultWarning``.
  public var signal: Int?
  /// Further options of `sbatch`, each one word such as `--constraint=avx512`.
  public var options: [String]

  public init(
    cpus: Int? = nil, memory: String? = nil, time: String? = nil, partition: String? = nil, account: String? = nil, qos: String? = nil,
    signal: Int? = nil, options: [String] = []
  ) {
    (self.cpus, self.memory, self.time, self.partition, self.account, self.qos) = (cpus, memory, time, partition, account, qos)
    (self.signal, self.options) = (signal, options)
  }

  /// Enough for a checkpoint of any network here, on a slow disk.
  static let defaultWarning = 120

  /// Seconds before the time limit at which the stage is warned: `signal`, else 120 or a quarter of a short `time`. A warning longer
  /// than the job itself would stop it as soon as it began.
  var warning: Int {
    if let signal { return signal }
    guard let limit = time.flatMap(Self.seconds), limit > 0 else { return Self.defaultWarning }
    return min(Self.defaultWarning, max(1, limit / 4))
  }

  /// Seconds of a time as Slurm reads it: `MIN`, `MIN:SEC`, `H:MIN:SEC`, `DAYS-H`, `DAYS-H:MIN`, `DAYS-H:MIN:SEC`; nil for anything
  /// else. 0 stands for no limit.
  static func seconds(_ time: String) -> Int? {
    guard let match = time.wholeMatch(of: /(?:([0-9]{1,5})-)?([0-9]{1,9})(?::([0-9]{1,2}))?(?::([0-9]{1,2}))?/) else { return nil }
    let parts = [match.output.2, match.output.3, match.output.4].compactMap { $0.flatMap { Int($0) } }
    if let days = match.output.1.flatMap({ Int($0) }) { return days * 86_400 + zip(parts, [3600, 60, 1]).map { $0 * $1 }.reduce(0, +) }
    return zip(parts, parts.count == 3 ? [3600, 60, 1] : [60, 1]).map { $0 * $1 }.reduce(0, +)
  }
}

extension Resources {
  /// Reads the mapping; what is absent stays as in `inherited`.
  init(_ settings: inout SettingsReader, inheriting inherited: Resources) throws(JobFileError) {
    cpus = try settings.optionalInteger("cpus", in: 1...65_536) ?? inherited.cpus
    memory = try settings.optionalText("memory") ?? inherited.memory
    if let memory, memory.wholeMatch(of: /[1-9][0-9]*[KMGT]?/) == nil {
      throw settings.error(at: "memory", "'memory' must be a whole number and K, M, G or T, but is '\(memory)'")
    }
    time = try settings.optionalText("time") ?? inherited.time
    if let time, Self.seconds(time) == nil {
      throw settings.error(at: "time", "'time' must be a time such as \"24:00:00\" or \"2-00:00:00\" (in quotes), but is '\(time)'")
    }
    partition = try settings.clusterName("partition") ?? inherited.partition
    account = try settings.clusterName("account") ?? inherited.account
    qos = try settings.clusterName("qos") ?? inherited.qos
    signal = try settings.optionalInteger("signal", in: 1...65_535) ?? inherited.signal
    if let time, let limit = Self.seconds(time), limit > 0, limit < 60 {
      throw settings.error(
        at: "time", "'time' is \(limit) seconds as Slurm reads '\(time)': write \"2\" or \"2:00\" for two minutes, \"2:00:00\" for two hours")
    }
    if let signal, let time, let limit = Self.seconds(time), limit > 0, signal >= limit {
      throw settings.error(
        at: "signal", "'signal' must be shorter than 'time', \(limit) s, but is \(signal) s: the stage would be stopped as soon as it began"
      )
    }
    options = try settings.texts("options", default: inherited.options)
    if let fault = options.lazy.compactMap(Self.fault).first { throw settings.error(at: "options", fault) }
  }

  /// Options that `submit` sets by itself, and those that would make another thing of a job than one that runs one stage.
  private static let reserved: [(name: String, advice: String)] =
    [
      ("cpus-per-task", "give 'cpus' instead"), ("mem", "give 'memory' instead"), ("time", "give 'time' instead"),
      ("partition", "give 'partition' instead"), ("account", "give 'account' instead"), ("qos", "give 'qos' instead"),
      ("signal", "give 'signal' instead"),
    ]
    + [
      "job-name", "output", "error", "input", "open-mode", "requeue", "no-requeue", "dependency", "kill-on-invalid-dep", "chdir", "array",
      "wrap", "wait", "parsable", "test-only", "help", "usage", "version", "quiet", "verbose", "export", "export-file", "clusters",
    ].map { ($0, "submit decides it") }

  /// Why an option cannot stand under `options`; nil where it can. sbatch takes the beginning of an option for the whole.
  private static func fault(_ option: String) -> String? {
    let isOneLine = option.unicodeScalars.allSatisfy { $0.value >= 32 && $0.value != 127 }
    guard isOneLine, let match = option.wholeMatch(of: /--([a-z][a-z0-9-]*)(=.*)?/) else {
      return "'options' takes options of sbatch such as --constraint=avx512, each one line, but one is '\(option)'"
    }
    guard let taken = reserved.first(where: { $0.name.hasPrefix(match.output.1) }) else { return nil }
    return "'options' may not hold '\(option)': \(taken.advice)"
  }
}

extension SettingsReader {
  /// A name as clusters give them, or nil.
  fileprivate mutating func clusterName(_ key: String) throws(JobFileError) -> String? {
    guard let name = try optionalText(key) else { return nil }
    guard name.wholeMatch(of: /[A-Za-z0-9_][A-Za-z0-9._,:+@-]*/) != nil else {
      throw error(at: key, "'\(key)' must be a name of the cluster, but is '\(name)'")
    }
    return name
  }
}
