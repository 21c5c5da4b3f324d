import ArgumentParser
import Jobs

/// What is to be made, and which stages are taken otherwise than their files say; after Make where Make has it.
struct TargetOptions: ParsableArguments {
  @Argument(help: "What to make; without one, 'all'.", completion: TargetCompletion.kind) var targets: [String] = []
  @Flag(name: [.customShort("B"), .customLong("always-make")], help: "Run everything, whatever is there, from the beginning.")
  var isForced = false
  @Option(
    name: [.customShort("o"), .customLong("old-file")],
    help: ArgumentHelp("Take this stage as it is, and make nothing again on its account.", valueName: "stage"),
    completion: TargetCompletion.kind)
  var old: [String] = []
  @Option(
    name: [.customShort("W"), .customLong("what-if")],
    help: ArgumentHelp("Run what uses this stage, as if its artifact had changed.", valueName: "stage"), completion: TargetCompletion.kind)
  var new: [String] = []
  @Option(
    help: ArgumentHelp("Go as far as this stage: make it and what it needs.", valueName: "stage"), completion: TargetCompletion.kind)
  var until: [String] = []
  @Option(
    help: ArgumentHelp("Make this stage alone, from its inputs as they are.", valueName: "stage"), completion: TargetCompletion.kind)
  var only: [String] = []

  func validate() throws {
    if !until.isEmpty, !only.isEmpty { throw ValidationError("--until and --only exclude each other") }
  }

  var options: RequestOptions { RequestOptions(targets, always: isForced, old: old, new: new, until: until, only: only) }

  /// What to say when everything is up to date.
  var nothingToDo: String {
    PlanPrinter.nothingToDo(for: !only.isEmpty ? only : !until.isEmpty ? until : targets)
  }
}
