import DiskSupport
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// Sending the chain, by a Slurm that only notes what it is asked.
@Suite struct SubmitterTests {
  let bench: Bench
  let slurm = FakeSlurm()

  init() throws {
    bench = try Bench()
    try bench.write("in.txt", "Abba and banana")
  }

  func submitter(_ stages: String = SubmissionTests.stages) throws -> Submitter {
    Submitter(
      try bench.job(stages), bench.store(), slurm, Launch(program: "/bin/advgan-job", directory: "/home/me", jobFile: "job.yaml"),
      by: "me@here")
  }

  func dependencies(_ script: String) -> String {
    script.split(separator: "\n").first { $0.contains("--dependency") }.map { String($0.split(separator: "=")[1]) } ?? "none"
  }

  @Test func theChainIsSentInputsFirstAndRemembered() throws {
    let sent = try submitter().send(["both"]).sent
    #expect(sent.map { "\($0.entry.planned.name) \($0.id)" } == ["text 101", "a 102", "b 103", "both 104"])
    #expect(slurm.scripts.map(dependencies) == ["none", "afterok:101", "afterok:101", "afterok:102:103"])
    #expect(slurm.calls == [])
    let record = try #require(bench.store().slurmRecords(of: ["both"]).first)
    #expect(record.id.number == 104 && record.dependencies.map(\.number) == [102, 103] && record.by == "me@here")
    #expect(record.fingerprint == nil && record.submitted > 0)
    #expect(try bench.store().slurmRecords().map(\.stage) == ["a", "b", "both", "text"])
  }

  @Test func aSignalWhileTheChainIsSentCancelsWhatWasSent() throws {
    let stop = StopFlag()
    let submitter = Submitter(
      try bench.job(SubmissionTests.stages), bench.store(), slurm, Launch(program: "/bin/advgan-job", directory: "/home/me", jobFile: "job.yaml"),
      by: "me@here", stop: stop)
    slurm.raise(stop, after: 2)
    #expect(throws: SlurmError("stopped by SIGINT; the jobs sent before it were cancelled (102, 101)")) { try submitter.send(["both"]) }
    #expect(slurm.scripts.count == 2 && slurm.calls == ["scancel 102 101"])
    #expect(try bench.store().slurmRecords().isEmpty)
  }

  @Test func aSecondTimeNothingIsSentTwice() throws {
    _ = try submitter().send(["both"])
    let again = try submitter().send(["both"])
    #expect(again.sent.isEmpty && again.submission.skipped.map(\.stage) == ["text", "a", "b", "both"])
    #expect(slurm.scripts.count == 4 && slurm.calls == ["squeue 101 102 103 104"])
  }

  @Test func whatIsSentLaterWaitsForWhatWasSentBefore() throws {
    _ = try submitter().send(["a"])
    _ = try submitter().send(["both"])
    #expect(slurm.scripts.map(dependencies) == ["none", "afterok:101", "afterok:101", "afterok:102:103"])
  }

  @Test func afterAFailureTheStageAndWhatWaitedForItAreSentAgain() throws {
    _ = try submitter().send(["both"])
    for (number, state) in [(101, "FAILED"), (102, "CANCELLED"), (104, "CANCELLED")] { slurm.put(number, state) }
    slurm.put(103, nil)
    #expect(try submitter().send(["both"]).sent.map(\.id.number) == [105, 106, 107, 108])
    #expect(dependencies(slurm.scripts[7]) == "afterok:106:107")
  }

  @Test func aJobThatWouldStartWithoutItsInputIsCancelledBeforeItIsSentAnew() throws {
    _ = try submitter().send(["both"])
    slurm.put(101, "FAILED")
    let sent = try submitter().send(["both"]).sent
    #expect(sent.map(\.id.number) == [105, 106, 107, 108])
    #expect(slurm.calls.last == "scancel 102 103 104")
  }

  @Test func whereOneIsRefusedNothingStaysHalfSent() throws {
    slurm.refuse(after: 2)
    #expect(throws: SlurmError("sbatch failed (exit status 1): the queue is full; the jobs sent before it were cancelled (102, 101)")) {
      try submitter().send(["both"])
    }
    #expect(slurm.calls == ["scancel 102 101"])
    #expect(try bench.store().slurmRecords().isEmpty)
  }

  @Test func whatCannotBeTakenBackIsNamed() throws {
    slurm.refuse(after: 1)
    slurm.refuse("scancel", "scancel failed")
    #expect(
      throws: SlurmError(
        "sbatch failed (exit status 1): the queue is full; the jobs sent before it could not be cancelled (scancel failed): cancel 101 by hand"
      )
    ) { try submitter().send(["both"]) }
    #expect(try bench.store().slurmRecords().map(\.stage) == ["text"])
  }

  @Test func whereTheFirstIsRefusedThereIsNothingToTakeBack() throws {
    slurm.refuse(after: 0)
    #expect(throws: SlurmError("sbatch failed (exit status 1): the queue is full")) { try submitter().send(["both"]) }
    #expect(slurm.calls == [])
  }

  @Test func aJobThatCannotBeRememberedIsCancelled() throws {
    // The first of the changes makes the folders; from some point on, records cannot be written.
    var changes = 0
    while true {
      let disk = FaultyDisk(.forEver(.noSpace), at: changes + 1, of: .changes)
      let store = Store(at: bench.artifacts, on: disk, time: { 0 })
      let slurm = FakeSlurm()
      let launch = Launch(program: "/bin/advgan-job", directory: "/home/me", jobFile: "job.yaml")
      do {
        _ = try Submitter(try bench.job(SubmissionTests.stages), store, slurm, launch, by: "").send(["both"])
        break
      } catch {
        let live = try slurm.jobs((101...104).compactMap { SlurmJobID($0) }, within: 1).filter { $0.phase != .ended }
        #expect(live == [], "after \(changes) changes")
      }
      try LocalDisk().removeTree(bench.artifacts)
      changes += 1
      try #require(changes < 100)
    }
    #expect(changes > 4)
  }

  @Test func whereSlurmDoesNotAnswerNothingIsSent() throws {
    _ = try submitter().send(["text"])
    slurm.refuse("squeue", "squeue failed (exit status 1): Unable to contact slurm controller")
    #expect(throws: SlurmError("squeue failed (exit status 1): Unable to contact slurm controller")) { try submitter().send(["both"]) }
    #expect(slurm.scripts.count == 1)
  }

  @Test func aMissingInputIsFoundBeforeAnythingIsSent() throws {
    try bench.disk.remove(bench.folder.appending("in.txt"))
    let (submission, sent) = try submitter().send(["both"])
    #expect(sent.isEmpty && slurm.scripts.isEmpty && submission.plan["text"]?.missing == ["file"])
  }

  @Test func ofTwoWhoSubmitAtOnceOneIsToldSo() throws {
    let lock = try SubmitLock(bench.layout, on: bench.disk)
    #expect {
      try submitter().send(["both"])
    } throws: {
      "\($0)" == "another submit is at work (it holds \(bench.artifacts)/.advgan/slurm/submit.lock); wait for it to end and run again"
    }
    #expect(slurm.scripts.isEmpty)
    _ = consume lock
    #expect(try submitter().send(["both"]).sent.count == 4)
  }

  @Test func placeholdersStandForJobsThatAreNotSentYet() throws {
    _ = try submitter().send(["a"])
    slurm.put(101, "COMPLETED")
    try bench.make(bench.job(SubmissionTests.stages), ["text"])
    let submitter = try submitter()
    let submission = try submitter.submission(["both"])
    let scripts = try submission.entries.map { try submitter.script(of: $0, in: submission) }
    #expect(scripts.map(dependencies) == ["none", "afterok:102:<job of b>"])
  }

  @Test func aTornOrForeignRecordCountsAsNone() throws {
    _ = try submitter().send(["text"])
    let path = bench.layout.slurmRecord("text")
    let good = try bench.disk.read(path)
    for length in 0..<(good.count - 1) {
      try AtomicFile.write(Array(good.prefix(length)), to: path, on: bench.disk)
      #expect(bench.store().slurmRecords(of: ["text"]) == [], "the first \(length) bytes")
    }
    for (old, new) in [("101", "-1"), ("101", "0"), ("101", "1e300"), ("\"text\"", "\"../text\""), ("101", "101, \"cluster\": \"--x\"")] {
      let bad = String(decoding: good, as: UTF8.self).replacing(old, with: new)
      try AtomicFile.write(Array(bad.utf8), to: path, on: bench.disk)
      #expect(bench.store().slurmRecords(of: ["text"]) == [], "\(new)")
    }
    #expect(try submitter().submission(["text"]).entries.count == 1 && slurm.calls == [])
  }
}
