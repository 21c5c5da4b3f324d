import ArgumentParser

@main
struct AdvGANJob: ParsableCommand {
  static let configuration = CommandConfiguration(commandName: "advgan-job")
}
