import ArgumentParser
import IO
import Jobs

/// What to make, and how to treat some stages regardless of their files; as in Make where Make has it.
struct TargetOptions: ParsableArguments {
  @Argument(help: "What to make (default: 'all').", completion: TargetCompletion.kind) var targets: [String] = []
  @Flag(name: [.customShort("B"), .customLong("always-make")], help: "Run every stage from the beginning, even if it is up to date.")
  var isForced = false
  @Option(
    name: [.customShort("o", allowingJoined: true), .customLong("old-file")],
    help: ArgumentHelp("Take this stage as it is, and do not remake anything because of it.", valueName: "stage"),
    completion: TargetCompletion.kind) var old: [String] = []
  @Option(
    name: [.customShort("W", allowingJoined: true), .customLong("what-if")],
    help: ArgumentHelp("Run what uses this stage, as if its artifact had changed.", valueName: "stage"), completion: TargetCompletion.kind)
  var new: [String] = []
  @Option(help: ArgumentHelp("Stop after this stage: make it and what it needs.", valueName: "stage"), completion: TargetCompletion.kind)
  var until: [String] = []
  @Option(help: ArgumentHelp("Make this stage alone, from its inputs as they are.", valueName: "stage"), completion: TargetCompletion.kind)
  var only: [String] = []

  func validate() throws {
    if !until.isEmpty, !only.isEmpty { throw ValidationError("--until and --only exclude each other") }
  }

  var options: RequestOptions { RequestOptions(targets, always: isForced, old: old, new: new, until: until, only: only) }

  /// What to say when everything is up to date.
  var nothingToDo: String { PlanPrinter.nothingToDo(for: !only.isEmpty ? only : !until.isEmpty ? until : targets) }
}

/// What a shell offers where a target or a stage is typed: the names of the job file that the line speaks of.
enum TargetCompletion {
  static let kind = CompletionKind.custom { words, _, _ in names(for: words, on: LocalDisk()) }
  static let jobFile = CompletionKind.file(extensions: ["yaml", "yml"])

  /// The names, sorted; none where the job file cannot be read, for a shell has no place for complaints.
  /// - Parameter words: the command line so far, the program's name among them.
  static func names(for words: [String], on disk: any Disk) -> [String] {
    // The `-f` of `log` follows.
    let short = words.dropFirst().first == Log._commandName ? nil : "-f"
    let file = FilePath(values(of: short, "--file", in: words).last ?? JobOptions.defaultFile)
    let folder = values(of: "-C", "--directory", in: words).reduce(FilePath()) { $0.pushing(FilePath($1)) }
    let path = folder.pushing(file)
    guard let bytes = try? disk.read(path), let job = try? Job(parsing: bytes, file: path, registry: Stages.registry) else { return [] }
    return job.names.keys.sorted()
  }

  /// The values given to an option: `-f x`, `-fx`, `--file x`, `--file=x`; empty where one is still to come.
  private static func values(of short: String?, _ long: String, in words: [String]) -> [String] {
    words.indices.compactMap { index in
      let word = words[index]
      if word == short || word == long { return index + 1 < words.count ? words[index + 1] : "" }
      if word.hasPrefix("\(long)=") { return String(word.dropFirst(long.count + 1)) }
      if let short, word.hasPrefix(short), !word.hasPrefix("--") { return String(word.dropFirst(short.count)) }
      return nil
    }
  }
}

extension Job {
  /// The one stage that a name stands for.
  /// - Throws: `UnknownTarget`; `ValidationError` for a target of several stages.
  func oneStage(_ name: String) throws -> JobStage {
    let stages = try stages(for: [name])
    guard stages.count == 1, let stage = stage(stages[0]) else {
      throw ValidationError("'\(name)' stands for \(stages.count) stages; name one of \(stages.joined(separator: ", "))")
    }
    return stage
  }
}
