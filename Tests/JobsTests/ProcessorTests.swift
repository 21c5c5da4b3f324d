import Foundation
import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// The processor is recorded, and a stage that goes on where another processor left off says so.
@Suite struct ProcessorTests {
  let bench: Bench
  static let stages = "walk: {run: walk, with: {steps: 6}, checkpoint: {every: 0s, keep: 2}}"

  init() throws { bench = try Bench() }

  static func circumstances(_ processor: String) -> Circumstances {
    var circumstances = Bench.circumstances
    circumstances.processor = processor
    return circumstances
  }

  /// Stops a walk at its third step on one processor and ends it on another, by the kernels of each.
  /// - Returns: the warnings of the second run, and its log.
  func walk(from first: String, to second: String, kernels: (String?, String?) = (nil, nil)) throws -> (warnings: [String], log: [String])
  {
    func arithmetic(_ kernels: String?) -> Arithmetic? { kernels.map { Arithmetic(kernels: $0, openBLAS: "Bench") } }
    let stop = StopFlag()
    try bench.make(bench.job(Self.stages), [], Runner.Options(arithmetic: arithmetic(kernels.0)), stop: stop, by: Self.circumstances(first)) { event in
      if case .progress(_, let progress) = event, progress.done == 3 { stop.raise(.user1) }
    }
    let warnings = Collector<String>()
    let result = try bench.make(bench.job(Self.stages), [], Runner.Options(arithmetic: arithmetic(kernels.1)), by: Self.circumstances(second)) { event in
      if case .warned(let stage, let sentence) = event { warnings.add("\(stage): \(sentence)") }
    }
    #expect(result.made == ["walk"] && bench.store().record(of: "walk")?.run?.resumedAt == 3)
    let log = String(decoding: try bench.disk.read(bench.layout.log("walk")), as: UTF8.self).split(separator: "\n").map(String.init)
    return (warnings.all, log)
  }

  @Test func aCheckpointOfAnotherProcessorIsAWarningOnce() throws {
    let (warnings, log) = try walk(from: "Old 3000", to: "New 4000")
    let sentence = "goes on from a checkpoint that was saved on another processor (Old 3000, here New 4000): the last bits may differ"
    #expect(warnings == ["walk: \(sentence)"])
    #expect(log.filter { $0.hasSuffix(" warning: \(sentence)") }.count == 1)
    #expect(log.filter { $0.hasSuffix(" resumes at step 3") }.count == 1)
    #expect(bench.store().record(of: "walk")?.run?.circumstances.processor == "New 4000")
  }

  @Test func soIsACheckpointOfOtherKernels() throws {
    let words = "goes on from a checkpoint that was saved on another processor (Old with slow kernels, OpenBLAS for Bench, "
      + "here Old with fast kernels, OpenBLAS for Bench)"
    #expect(try walk(from: "Old", to: "Old", kernels: ("slow", "fast")).warnings == ["walk: \(words): the last bits may differ"])
    #expect(try ProcessorTests().walk(from: "Old", to: "Old", kernels: ("fast", "fast")).warnings == [])
  }

  @Test func theSameProcessorIsNone() throws {
    let (warnings, log) = try walk(from: "Old 3000", to: "Old 3000")
    #expect(warnings == [] && !log.contains { $0.contains("warning") })
  }
}
