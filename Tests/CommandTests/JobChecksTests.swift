import IO
import Jobs
import Testing

@testable import advgan_job

/// Mistakes in job files that the real stages find before anything runs.
@Suite struct JobChecksTests {
  @Test(arguments: ["finetune", "cotrain"], ["0", "1e-400", "-0.0"]) func aRateOfNothingIsRefused(_ kind: String, _ rate: String) {
    let text = "version: 1\nstages:\n  d: {run: extract, with: {source: folders, archive: x}}\n"
      + "  t: {run: \(kind), needs: {dataset: d}, with: {rate: \(rate)}}\n"
    let error = #expect(throws: JobFileError.self) { try Job(parsing: text, file: "j", registry: Stages.registry) }
    #expect(error?.message.contains("a 'rate' of 0 trains nothing") == true)
  }

  /// Not after hours of training.
  @Test(arguments: [
    ("labels: [{stage: zzz, words: x}]", "'labels' names the stage 'zzz', which this report does not read: d, e, t"),
    ("labels: [{stage: r, words: x}]", "'labels' names the stage 'r', which this report does not read: d, e, t"),
    ("baseline: t", "'baseline' names 't', which is not among this report's evaluations: e"),
  ])
  func namesOfStagesInAReportAreCheckedAtOnce(_ setting: String, _ sentence: String) throws {
    func job(_ setting: String) throws -> Job {
      let text = "version: 1\nstages:\n  d: {run: extract, with: {source: folders, archive: x}}\n  t: {run: finetune, needs: {dataset: d}}\n"
        + "  e: {run: evaluate, needs: {dataset: d, model: t}}\n  r: {run: report, needs: {evaluations: [e]}, with: {\(setting)}}\n"
      return try Job(parsing: text, file: "j", registry: Stages.registry)
    }
    let error = #expect(throws: JobFileError.self) { try job(setting) }
    #expect(error?.message == "stage 'r': \(sentence)")
    _ = try job("baseline: e, labels: [{stage: t, words: x}, {stage: d, words: y}]")
  }
}
