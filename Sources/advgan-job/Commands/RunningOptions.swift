import ArgumentParser
import Jobs

/// How stages run.
struct RunningOptions: ParsableArguments {
  @Option(help: "Threads to share among the stages (default: as many as Slurm gave the job, else all processors).") var threads: Int?
  @Option(
    help: ArgumentHelp(
      "A stage that another run holds: fail (status 9), skip (leave it to that run), or wait, at most so many seconds.",
      valueName: "fail|skip|wait[:seconds]"), completion: .list(["fail", "skip", "wait"])) var ifBusy: IfBusy = .fail

  func validate() throws { try Surroundings.check(threads: threads) }

  var threadCount: Int { threads ?? Surroundings.threads() }
}

extension IfBusy: ExpressibleByArgument {
  public init?(argument: String) { self.init(argument) }

  public var defaultValueDescription: String { "fail" }
}
