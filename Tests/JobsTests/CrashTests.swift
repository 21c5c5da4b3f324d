import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// Crashes the machine at every single step on the disk, and makes again.
@Suite struct CrashTests {
  @Test(arguments: [
    "x: {run: walk, with: {steps: 1}, checkpoint: {every: 0s, keep: 1}}",
    "x: {run: join, with: {published: true}}",
  ])
  func aCrashAtAnyStepCostsNoResultAndLeavesNothing(stages: String) throws {
    let whole = try Bench()
    try whole.make(whole.job(stages))
    let expected = try whole.tar("x")
    var step = 0
    var survived = false
    while !survived, step < 300 {
      let bench = try Bench()
      let job = try bench.job(stages)
      let disk = DyingDisk(after: step, with: .io)
      // What the dying run says of itself does not matter; what it leaves does.
      survived = (try? bench.make(job, on: disk).exitStatus) == 0 && !disk.hasDied
      if try bench.disk.exists(bench.layout.artifact("x")) {
        #expect(throws: Never.self, "visible and damaged after step \(step)") { try Artifact(opening: bench.layout.artifact("x")).verify() }
      }
      #expect(try bench.make(job).exitStatus == 0, "step \(step)")
      #expect(try bench.tar("x") == expected, "step \(step)")
      #expect(try bench.disk.exists(bench.artifacts.appending("x.txt")) == stages.contains("published"), "step \(step)")
      #expect(try bench.leftovers() == [], "step \(step)")
      #expect(try bench.plan(job).isUpToDate, "step \(step)")
      step += 1
    }
    #expect(survived && step > 25)
  }
}
