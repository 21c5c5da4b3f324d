import AdvGAN
import ArgumentParser
import Glibc
import Jobs
import NN

/// Parses arguments, runs a command, and turns what it throws into a sentence on standard error and an exit status.
@main struct AdvGANJob: ParsableCommand {
  static let version = "0.1.0"

  static let configuration = CommandConfiguration(
    commandName: "advgan-job", abstract: "Runs the stages of a job file that are not up to date.",
    discussion: "The manual page, docs/man/advgan-job.1, has exit statuses, files, environment and examples.", version: version,
    subcommands: [
      Make.self, Run.self, Submit.self, Cancel.self, Status.self, Graph.self, Log.self, Inspect.self, Settings.self, Verify.self, Diff.self,
      CollectGarbage.self, Clean.self, Attack.self, Sample.self, Bench.self, Manual.self,
    ])

  static func main() {
    Surroundings.openStandardStreams()
    Surroundings.endAtQuit()
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

/// `advgan-job manual`, for developers: `docs/man/advgan-job.1` is what it prints.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the manual page, for man(1).", shouldDisplay: false)

  func run() throws { Terminal.standard.print(String(try ManualPage.text(of: AdvGANJob.self).dropLast())) }
}
