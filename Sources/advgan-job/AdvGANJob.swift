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
      end(ExitStatus.success, terminal)
    } catch let code as ExitCode {
      end(code.rawValue, terminal)
    } catch {
      if let status = Complaint.status(of: error) {
        terminal.complain(Complaint.sentence(for: error))
        end(status, terminal)
      }
      // Help, the version and completions are such errors too.
      let (text, status) = (fullMessage(for: error), exitCode(for: error).rawValue)
      if !text.isEmpty { if status == 0 { terminal.print(text) } else { terminal.complain(text) } }
      end(status, terminal)
    }
  }

  /// Ends the program; not as if all were well where what it printed is lost.
  private static func end(_ status: Int32, _ terminal: Terminal) -> Never {
    guard let why = terminal.lostOutput else { Glibc.exit(status) }
    terminal.complain("advgan-job: the results could not be written to standard output: \(why)")
    Glibc.exit([0, ExitStatus.stale].contains(status) ? ExitStatus.failure : status)
  }
}

/// `advgan-job manual`, for developers: `docs/man/advgan-job.1` is what it prints.
struct Manual: ParsableCommand {
  static let configuration = CommandConfiguration(abstract: "Print the manual page, for man(1).", shouldDisplay: false)

  func run() throws { Terminal.standard.print(String(try ManualPage.text(of: AdvGANJob.self).dropLast())) }
}
