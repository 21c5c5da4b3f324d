import Foundation
import Glibc
import IO
import Jobs

/// Makes the fake stages of a job file in a process of its own, for tests of signals, locks and crashes:
/// `jobs-fixture FILE [fail|skip|wait [JOBS]]`. Says on standard output what happens, and leaves with the run's exit status.
@main
enum Fixture {
  static func main() {
    let stop = StopFlag(followingSignals: ())
    let arguments = CommandLine.arguments
    guard arguments.count >= 2 else { exit(64) }
    do {
      let text = String(decoding: try LocalDisk().read(FilePath(arguments[1])), as: UTF8.self)
      let job = try Job(parsing: text, file: FilePath(arguments[1]), registry: FakeStages.registry)
      let store = Store(at: job.artifacts, on: LocalDisk(), time: { Date().timeIntervalSince1970 })
      let circumstances = Circumstances(program: "jobs-fixture", host: "here", user: "tester", pid: Int(getpid()), boot: "", slurmJob: nil, processor: "test")
      let runner = Runner(job, store, circumstances, options(arguments.dropFirst(2)), stop: stop, observer: Teller())
      exit(status(of: try runner.run(job.stages(for: [])).outcome))
    } catch {
      Teller.say("error: \(error)")
      exit(2)
    }
  }

  /// As the program's own.
  private static func status(of outcome: RunResult.Outcome) -> Int32 {
    switch outcome {
    case .success: 0
    case .failed: 2
    case .busy: 9
    case .badSettings: 65
    case .missingInput: 66
    case .tryAgain: 75
    case .stopped(let reason): 128 + reason.signal
    }
  }

  private static func options(_ words: ArraySlice<String>) -> Runner.Options {
    Runner.Options(jobs: words.dropFirst().first.flatMap { Int($0) } ?? 1, ifBusy: words.first.flatMap { IfBusy($0) } ?? .fail)
  }
}

/// One line an event.
private struct Teller: RunObserver {
  func handle(_ event: RunEvent) {
    switch event {
    case .started(let stage, _, _): Teller.say("started \(stage.name): \(stage.decision) \(stage.reason)")
    case .progress(let stage, let progress): Teller.say("\(stage) at \(progress.done)")
    case .finished(let stage, _, _): Teller.say("finished \(stage)")
    case .failed(let failure): Teller.say("failed: \(failure)")
    case .stopped(let stage, .checkpoint(let step, _)): Teller.say("stopped \(stage) at \(step)")
    case .stopped(let stage, _): Teller.say("stopped \(stage) at nothing")
    case .planned, .warned, .waiting, .skipped, .spared, .foundMade, .published: break
    }
  }

  static func say(_ line: String) { _ = try? FileDescriptor.standardOutput.writeAll("\(line)\n".utf8) }
}

/// Lets a thousandth of a second pass.
func pause() { usleep(1000) }
