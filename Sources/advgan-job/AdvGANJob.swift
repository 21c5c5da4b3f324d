import AdvGAN
import ArgumentParser
import Glibc
import Jobs
import NN

/// Parses arguments, runs a command, and turns what it throws into a sentence on standard error and an exit status.
@main
struct AdvGANJob: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "advgan-job",
    abstract: "Runs the stages of a job file that are not up to date.",
    discussion: "The manual page, docs/man/advgan-job.1, has exit statuses, files, environment and examples.",
    version: version,
    subcommands: [
      Make.self,
      Run.self,
      Submit.self,
      Cancel.self,
      Status.self,
      Graph.self,
      Log.self,
      Inspect.self,
      Settings.self,
      Verify.self,
      Diff.self,
      CollectGarbage.self,
      Clean.self,
      Attack.self,
      Sample.self,
      Bench.self,
      Manual.self,
    ])

  static func main() {
    let terminal = Terminal.standard
    do {
      var command = try parseAsRoot()
      if var command = command as? any ProgramCommand {
        let kernels = try Surroundings.kernels()
        Restart.ifNeeded(for: kernels)
        try command.run(with: kernels)
      } else {
        try command.run()
      }
      if let why = terminal.lostOutput {
        terminal.complain("advgan-job: the results could not be written to standard output: \(why)")
        Glibc.exit(ExitStatus.failure)
      }
    } catch let code as ExitCode {
      Glibc.exit(code.rawValue)
    } catch {
      guard let status = Complaint.status(of: error) else { exit(withError: error) }
      terminal.complain(Complaint.sentence(for: error))
      Glibc.exit(status)
    }
  }
}

/// A command of this program's own, not one that prints help: it begins when it is known by which kernels it may compute.
protocol ProgramCommand: ParsableCommand {
  mutating func run(with kernels: KernelChoice) throws
}

/// The kinds of stages that job files may name: one line a kind.
enum Stages {
  static let registry = StageRegistry([
    Extract.self,
    CoTrain.self,
    FineTune.self,
    Evaluate.self,
    Report.self,
  ])
}
