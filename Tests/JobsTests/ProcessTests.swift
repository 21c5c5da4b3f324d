import Foundation
import Glibc
import IO
@testable import Jobs
import Testing

@testable import jobs_fixture

/// Signals, locks and sudden death, with real processes.
@Suite(.serialized, .timeLimit(.minutes(1))) struct ProcessTests {
  let bench: Bench

  init() throws { bench = try Bench() }
  private init(bench: Bench) { self.bench = bench }

  static let walk = "walk: {run: walk, with: {steps: 6, hold: 3}, checkpoint: {every: 0s}}"
  static let stubborn = "walk: {run: walk, with: {steps: 6, hold: 3, polite: false}}"

  /// Starts the fixture on a job.
  func start(_ stages: String, _ options: [String] = [], by interpreter: [String] = []) throws -> Child {
    let stages = stages.split(separator: "\n").map { "  \($0)\n" }.joined()
    let path = try bench.write("job.yaml", "version: 1\nartifacts: \(bench.artifacts)\nstages:\n\(stages)")
    return try Child("jobs-fixture", [path.string] + options, by: interpreter)
  }

  func uninterrupted(_ stages: String) throws -> [UInt8] {
    let other = try Bench()
    let stop = StopFlag()
    // A walk that resumed does not hold, so the flag is raised at once and the walk made again.
    try other.make(other.job(stages), stop: stop) { if case .progress = $0 { stop.raise(.user1) } }
    try other.make(other.job(stages))
    return try other.tar("walk")
  }

  @Test(arguments: [(SIGUSR1, 75), (SIGUSR2, 75), (SIGTERM, 75), (SIGXCPU, 75), (SIGHUP, 75), (SIGINT, 130)] as [(Int32, Int32)])
  func aSignalStopsAtACheckpointAndTheNextRunEndsInIdenticalBytes(signal: Int32, status: Int32) throws {
    let child = try start(Self.walk)
    #expect(child.read(until: "walk at 4") == "walk at 4")
    child.send(signal)
    #expect(child.read(until: "stopped") == "stopped walk at 4")
    #expect(child.wait() == status)
    let again = try start(Self.walk)
    #expect(again.read(until: "walk at") == "walk at 5")
    #expect(again.wait() == 0)
    #expect(try bench.tar("walk") == uninterrupted(Self.walk))
    #expect(try bench.leftovers() == [])
  }

  @Test func aSecondInterruptEndsAtOnce() throws {
    let child = try start(Self.stubborn)
    #expect(child.read(until: "walk at 4") == "walk at 4")
    child.send(SIGINT)
    // Two signals of a kind that wait to be delivered are one: the second is sent when the first was seen.
    #expect(child.read(until: "walk at 4") == "walk at 4")
    child.send(SIGINT)
    #expect(child.wait() == 130)
  }

  @Test func aKilledRunLeavesItsLockFreeAndItsCheckpoints() throws {
    let child = try start(Self.walk)
    #expect(child.read(until: "walk at 4") == "walk at 4")
    child.send(SIGKILL)
    #expect(child.wait() == 128 + SIGKILL)
    let again = try start(Self.walk)
    #expect(again.read(until: "started")?.hasPrefix("started walk: resume interrupted at step 3 of 6 (checkpoint ") == true)
    #expect(again.wait() == 0)
    #expect(try bench.tar("walk") == uninterrupted(Self.walk))
    #expect(try bench.leftovers() == [])
  }

  @Test func ofTwoRunsAtOnceOneIsToldWhoHoldsTheStage() throws {
    let child = try start(Self.walk)
    #expect(child.read(until: "walk at 4") == "walk at 4")
    let job = try bench.job(Self.walk)
    let status = try bench.store().status(of: bench.plan(job), seenFrom: "here")
    #expect(status[0].isRunning && status[0].word == "running" && status[0].owner?.holder.pid == Int(child.pid))
    #expect(status[0].progress?.total == 6)
    let result = try bench.make(job)
    #expect(result.outcome == .busy)
    let sentence = try #require(result.failures.first?.description)
    #expect(sentence.hasPrefix("stage 'walk' is being run by tester on here (pid \(child.pid)) since "))
    #expect(sentence.hasSuffix(" UTC; wait for it to end and run again"))
    child.send(SIGUSR1)
    #expect(child.wait() == 75)
    #expect(try bench.make(job).outcome == .success)
  }

  /// As under `nohup`, whose purpose it is.
  @Test(arguments: [("HUP", SIGHUP), ("INT", SIGINT)]) func aSignalThatWasIgnoredAtTheStartStaysSo(name: String, signal: Int32) throws {
    let child = try start(Self.walk, by: ["/bin/sh", "-c", "trap '' \(name); exec \"$@\"", "sh"])
    #expect(child.read(until: "walk at 4") == "walk at 4")
    let status = try String(contentsOfFile: "/proc/\(child.pid)/status", encoding: .utf8)
    let ignored = try #require(status.split(separator: "\n").first { $0.hasPrefix("SigIgn:\t") }.flatMap { UInt64($0.dropFirst(8), radix: 16) })
    #expect(ignored & 1 << UInt64(signal - 1) != 0)
    child.send(SIGTERM)
    #expect(child.wait() == 75)
  }

  static let chain = "a: {run: walk, with: {steps: 9}}\nb: {run: walk, with: {steps: 8}}\nc: {run: join, needs: {parts: [a, b]}}"

  @Test(arguments: ["fail", "skip", "wait"]) func ofTwoRunsAtOnceEachStageIsMadeByOne(ifBusy: String) throws {
    let whole = try Whole(Self.chain)
    for round in 1...10 {
      let bench = try Bench()
      let tests = ProcessTests(bench: bench)
      var children = try (1...2).map { _ in try tests.start(Self.chain, [ifBusy]) }
      var made = children.map { $0.rest().filter { $0.hasPrefix("finished") } }
      let statuses = children.map { $0.wait() }
      if ifBusy == "skip", !made.joined().contains("finished c") {
        // Each has left a part to the other, and so what is made of both to nobody: the next run makes it.
        children = [try tests.start(Self.chain, [ifBusy])]
        made.append(children[0].rest().filter { $0.hasPrefix("finished") })
        #expect(children[0].wait() == 0 && made[2] == ["finished c"], "round \(round)")
      }
      #expect(made.flatMap(\.self).sorted() == ["finished a", "finished b", "finished c"], "round \(round)")
      #expect(statuses.contains(0) && statuses.allSatisfy { [0, 9].contains($0) }, "round \(round): \(statuses)")
      if ifBusy != "fail" { #expect(statuses == [0, 0], "round \(round)") }
      try bench.expectWhole(bench.job(Self.chain), whole, "round \(round)")
    }
  }

  static let tools = ["/usr/bin/prlimit", "/usr/bin/setpriv"]

  /// Not after hours of work, when the artifact lands.
  @Test(.enabled(if: geteuid() == 0 && tools.allSatisfy { access($0, X_OK) == 0 }, "takes another user, whom modes bind"))
  func aFolderThatTakesNoArtifactIsFoundBeforeTheStageRuns() throws {
    for folder in StoreLayout(folder: bench.artifacts).folders {
      try bench.disk.makeDirectories(folder)
      chmod(folder.string, 0o777)
    }
    for folder in [bench.folder, bench.artifacts] { chmod(folder.string, 0o755) }
    let child = try start(Self.chain, by: [Self.tools[1], "--reuid=62345", "--regid=62345", "--clear-groups"])
    let told = try #require(child.read(until: "failed"))
    #expect(told.contains("\(bench.artifacts): permission denied; found \"Permission denied\" while seeing whether the artifact can be written there"))
    #expect(told.contains("belongs to 'root' (mode 755), and this program runs as user 62345: ask for access"))
    #expect(child.wait() != 0)
  }

  /// Where the system has no room for another thread, a stage runs on the thread that there is.
  @Test(.enabled(if: geteuid() == 0 && tools.allSatisfy { access($0, X_OK) == 0 }, "takes another user, whom limits bind"))
  func withoutRoomForThreadsStagesRunOneByOne() throws {
    chmod(bench.folder.string, 0o777)
    let user = [Self.tools[1], "--reuid=62345", "--regid=62345", "--clear-groups"]
    let child = try start(Self.chain, ["fail", "3"], by: [Self.tools[0], "--nproc=1"] + user)
    #expect(child.wait() == 0)
    try bench.expectWhole(bench.job(Self.chain), Whole(Self.chain), "limited")
  }
}
