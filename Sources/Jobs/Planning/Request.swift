/// What is wanted of a plan: which stages, and which are to be taken otherwise than their files say.
public struct Request: Equatable, Sendable {
  /// Names of stages.
  public var targets: [String]
  /// Stages that run whatever is there, from the beginning, each with the reason in words.
  public var forced: [String: String]
  /// Stages that stay as they are, and on whose account nothing is made again (`-o`).
  public var old: Set<String>
  /// Whether the targets alone are wanted, made from their inputs as these are (`--only`); else also all that the targets need.
  public var isAlone: Bool

  public init(_ targets: [String], forced: [String: String] = [:], old: Set<String> = [], isAlone: Bool = false) {
    (self.targets, self.forced, self.old, self.isAlone) = (targets, forced, old, isAlone)
  }

  /// The same for one stage, its inputs as they are.
  func alone(_ stage: String) -> Request {
    Request([stage], forced: forced.filter { $0.key == stage }, old: old.subtracting([stage]), isAlone: true)
  }
}

/// What a person asks for on the command line, by the names of targets, stages and groups of stages.
public struct RequestOptions: Equatable, Sendable {
  public var targets: [String]
  /// `-B`: run everything.
  public var always: Bool
  /// `-o`, `-W`: take these as old, or as if they had changed.
  public var old: [String], new: [String]
  /// `--until`: these, and of the targets' needs what these need.
  public var until: [String]
  /// `--only`: these alone.
  public var only: [String]

  public init(
    _ targets: [String] = [], always: Bool = false, old: [String] = [], new: [String] = [], until: [String] = [], only: [String] = []
  ) { (self.targets, self.always, self.old, self.new, self.until, self.only) = (targets, always, old, new, until, only) }
}

extension Job {
  /// The request that somebody's options stand for.
  /// - Throws: ``UnknownTarget`` also for a stage under `until` or `only` that the targets do not need.
  public func request(_ options: RequestOptions) throws(UnknownTarget) -> Request {
    let wanted = try stages(for: options.targets)
    let until = try part(of: wanted, options.targets, options.until, option: "--until")
    let only = try part(of: wanted, options.targets, options.only, option: "--only")
    let isAlone = !only.isEmpty
    var request = Request(isAlone ? only : until.isEmpty ? wanted : until, isAlone: isAlone)
    request.old = Set(try named(options.old))
    for name in try named(options.new) {
      for stage in stages where stage.inputs.contains(name) { request.forced[stage.name] = "as if \(name) had changed (-W)" }
    }
    if options.always {
      for name in isAlone ? request.targets : graph.closure(of: request.targets) { request.forced[name] = "forced (-B)" }
    }
    return request
  }

  private func named(_ names: [String]) throws(UnknownTarget) -> [String] { names.isEmpty ? [] : try stages(for: names) }

  /// The stages behind `names`, which must be among what the targets need.
  private func part(of wanted: [String], _ targets: [String], _ names: [String], option: String) throws(UnknownTarget) -> [String] {
    let found = try named(names)
    let needed = Set(graph.closure(of: wanted))
    if let stranger = found.first(where: { !needed.contains($0) }) {
      let words = targets.isEmpty ? Job.defaultTarget : targets.joined(separator: ", ")
      throw UnknownTarget("'\(stranger)' (\(option)) is not among what '\(words)' needs; name it as a target")
    }
    return found
  }
}
