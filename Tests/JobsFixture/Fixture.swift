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
    guard arguments.count >= 2 else { exit(ExitStatus.usage) }
    do {
      let text = String(decoding: try LocalDisk().read(FilePath(arguments[1])), as: UTF8.self)
      let job = try Job(parsing: text, file: FilePath(arguments[1]), registry: FakeStages.registry)
      let store = Store(at: job.artifacts, on: LocalDisk(), time: { Date().timeIntervalSince1970 })
      let circumstances = Circumstances(program: "jobs-fixture", host: "here", user: "tester", pid: Int(getpid()), boot: "", slurmJob: nil)
      let runner = Runner(job, store, circumstances, options(arguments.dropFirst(2)), stop: stop, observer: Teller())
      exit(try runner.run(job.stages(for: [])).exitStatus)
    } catch {
      Teller.say("error: \(error)")
      exit(ExitStatus.failure)
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
    case .planned, .warned, .waiting, .left, .spared, .foundMade, .published: break
    }
  }

  static func say(_ line: String) { _ = try? FileDescriptor.standardOutput.writeAll("\(line)\n".utf8) }
}

/// Lets a thousandth of a second pass.
func pause() { usleep(1000) }
