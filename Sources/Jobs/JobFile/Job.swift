import IO

/// A job file resolved against the kinds of stages there are: everything is named, every setting is read, nothing is decided.
public struct Job: Sendable {
  /// The job file's path as it was given.
  public let file: FilePath
  /// The folder of the artifacts, relative to the working directory.
  public let artifacts: FilePath
  /// All stages, in an order in which every stage comes after what it needs; else as declared.
  public let stages: [JobStage]
  /// Stage names by what a person may type: targets, stages, and groups of a matrix.
  public let names: [String: [String]]
  /// What is made when nothing is named: the target `all`; where the job file declares none, it stands for every stage.
  public static let defaultTarget = "all"

  /// What needs what.
  public let graph: Graph
  private let byName: [String: JobStage]

  /// - Throws: ``JobFileError``.
  public init(parsing text: String, file: FilePath, registry: StageRegistry) throws {
    let declared = try JobFile(parsing: text, file: file)
    let names = StageNames(declared.stages)
    let resolved = try declared.stages.map { try JobStage($0, names, registry, in: declared.source) }
    try Self.checkTwins(resolved, declared)
    let order: [String]
    do throws(Graph.Cycle) {
      graph = try Graph(resolved.map { ($0.name, $0.needs.values.flatMap(\.self).sorted()) })
      order = graph.order
    } catch let cycle {
      let place = declared.stages.first { $0.name == cycle.stages.first }?.place
      throw declared.source.error("stages wait for each other: \(cycle.stages.joined(separator: " -> "))", at: place)
    }
    let byName = Dictionary(resolved.map { ($0.name, $0) }) { first, _ in first }
    self.byName = byName
    stages = order.compactMap { byName[$0] }
    self.names = try names.addingTargets(declared.targets, in: declared.source).merging([Job.defaultTarget: order]) { given, _ in given }
    self.file = file
    artifacts = declared.artifacts
    try checkStages(declared)
    try checkInputs(declared)
  }

  /// The same from the bytes of the file, which must be UTF-8.
  public init(parsing bytes: [UInt8], file: FilePath, registry: StageRegistry) throws {
    guard let text = String(validating: bytes, as: UTF8.self) else {
      let words = bytes.starts(with: [0xFF, 0xFE]) || bytes.starts(with: [0xFE, 0xFF]) ? "the job file is UTF-16" : "the job file is not UTF-8"
      throw SourceText(file: file.string, text: "").error("\(words): save it as UTF-8", at: nil)
    }
    try self.init(parsing: text, file: file, registry: registry)
  }

  /// What settings and inputs only tell together.
  private func checkStages(_ declared: JobFile) throws(JobFileError) {
    for declaration in declared.stages {
      guard let stage = byName[declaration.name] else { continue }
      do throws(StageError) {
        try stage.stage.check(needs: stage.needs.filter { !$0.value.isEmpty }) { Set(graph.closure(of: [stage.name])).subtracting([stage.name]) }
      } catch {
        throw declared.source.error("stage '\(stage.name)': \(error)", at: declaration.with.place)
      }
    }
  }

  /// Stages of one matrix that are the same would pass for different runs: values of equal meaning, such as 0.3 and 3e-1.
  private static func checkTwins(_ stages: [JobStage], _ declared: JobFile) throws(JobFileError) {
    struct Key: Hashable { let group: String, settings: String, needs: [String: [String]] }
    var seen: [Key: String] = [:]
    for (stage, declaration) in zip(stages, declared.stages) where stage.name != declaration.group {
      let key = Key(group: declaration.group, settings: stage.settings.canonical, needs: stage.needs)
      guard let twin = seen.updateValue(stage.name, forKey: key) else { continue }
      throw declared.source.error(
        "'\(twin)' and '\(stage.name)' have the same settings and inputs: take one of the two values out of the matrix", at: declaration.place)
    }
  }

  /// A file from outside that a stage would write over would be lost.
  private func checkInputs(_ declared: JobFile) throws(JobFileError) {
    let layout = StoreLayout(folder: artifacts)
    let written = Set(
      stages.flatMap { stage in
        [layout.artifact(stage.name)] + stage.stage.publishedFiles(stage: stage.name).map { artifacts.appending($0) }
      }.map { $0.lexicallyNormalized() })
    for stage in stages {
      for (name, input) in stage.stage.externalInputs.sorted(by: { $0.key < $1.key }) {
        let path = input.path.lexicallyNormalized()
        guard written.contains(path) || path.starts(with: layout.state.lexicallyNormalized()) else { continue }
        throw declared.source.error(
          "'\(name)' of stage '\(stage.name)' is \(path), which this job writes itself: name another file, or another folder of artifacts",
          at: declared.stages.first { $0.name == stage.name }?.with.place)
      }
    }
  }

  /// The stage of a name; nil where there is none.
  public func stage(_ name: String) -> JobStage? { byName[name] }

  /// The stages that `targets` stand for; the default target where none is given.
  /// - Throws: ``UnknownTarget`` with the nearest known name.
  public func stages(for targets: [String]) throws(UnknownTarget) -> [String] {
    var stages: [String] = []
    for target in targets.isEmpty ? [Job.defaultTarget] : targets {
      guard let named = names[target] ?? names[StageName.spelt(target)] else {
        let hint = Suggestion.phrase(for: target, among: names.keys.sorted())
        throw UnknownTarget("\(file) has no target or stage '\(target)'\(hint)")
      }
      stages += named
    }
    return stages
  }
}

extension Job {
  /// The stages that planning `targets` looks at, in order.
  public func stages(of targets: [String]) -> [JobStage] {
    let wanted = Set(graph.closure(of: targets))
    return stages.filter { wanted.contains($0.name) }
  }
}

/// A target on the command line that the job file does not know, or that the others do not need: one sentence.
public struct UnknownTarget: Error, Equatable, CustomStringConvertible, Sendable {
  public let description: String

  init(_ sentence: String) { description = sentence }
}

/// One stage of a job, ready to be planned and run.
public struct JobStage: Sendable {
  public let name: String
  /// The word after `run:`.
  public let kind: String
  public let version: Int
  /// The stage itself, its settings read.
  public let stage: any Stage
  /// Its resolved settings, defaults spelt out.
  public let settings: JSON
  /// Names of stages by role, in the order of the job file.
  public let needs: [String: [String]]
  public let resources: Resources
  public let checkpoint: CheckpointPolicy

  /// The names of all inputs, sorted, each once.
  public var inputs: [String] { Set(needs.values.flatMap(\.self)).sorted() }
}

extension JobStage {
  init(_ declared: StageDeclaration, _ names: StageNames, _ registry: StageRegistry, in source: SourceText) throws {
    guard let type = registry[declared.kind] else {
      let hint = Suggestion.phrase(for: declared.kind, among: registry.names)
      throw source.error("stage '\(declared.name)' runs '\(declared.kind)', which is no kind of stage\(hint)", at: declared.kindPlace)
    }
    let with = declared.with.isNothing ? SettingNode(value: .mapping([]), place: declared.with.place) : declared.with
    var settings = try SettingsReader(with, owner: "stage '\(declared.name)'", in: source)
    do {
      stage = try type.init(&settings)
    } catch let error as StageError {
      throw settings.error("stage '\(declared.name)': \(error)")
    }
    try settings.finish()
    name = declared.name
    kind = declared.kind
    version = type.version
    self.settings = settings.resolved
    needs = try names.resolve(declared, type.roles, in: source)
    resources = declared.resources
    checkpoint = declared.checkpoint
  }
}
