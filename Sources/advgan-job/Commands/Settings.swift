import ArgumentParser
import Jobs
import NN

/// `advgan-job settings`.
struct Settings: ProgramCommand {
  static let configuration = CommandConfiguration(
    abstract: "List the settings of a kind of stage: type, range, default, meaning.",
    discussion: """
      Settings stand under 'with' of a stage. A choice such as 'loss' is written 'loss: split', or 'loss: {kind: split, ...}' with settings of \
      its own, which stand below it. Without a kind, all kinds are listed.
      """)

  @Argument(help: "A kind of stage: \(Stages.registry.all.map { $0.name }.joined(separator: ", ")).", completion: .list(Stages.registry.names))
  var kind: String?

  @Flag(help: "Print JSON.") var json = false

  /// For developers: `docs/settings.md` is what it prints.
  @Flag(help: .hidden) var markdown = false

  func validate() throws {
    if let kind, Stages.registry[kind] == nil {
      throw ValidationError("there is no kind of stage '\(kind)'; known: \(Stages.registry.all.map { $0.name }.joined(separator: ", "))")
    }
  }

  func run(with _: KernelChoice) throws {
    let report = SettingsReport(kinds: Stages.registry.all.filter { kind == nil || $0.name == kind })
    let terminal = Terminal.standard
    if json {
      terminal.print(Document.text("settings", report.document))
    } else {
      (markdown ? report.markdown : report.lines(columns: terminal.columns())).forEach(terminal.print)
    }
  }
}
