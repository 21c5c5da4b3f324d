import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

@Suite struct ResourcesTests {
  func resources(_ job: String, _ stage: String) throws -> Resources {
    let text = "version: 1\nresources: \(job)\nstages: {a: {run: walk, resources: \(stage)}}\n"
    return try #require(try Job(parsing: text, file: "job.yaml", registry: FakeStages.registry).stage("a")).resources
  }

  @Test func aStageInheritsWhatItDoesNotSayItself() throws {
    let job = "{cpus: 4, memory: 8G, time: \"2:00:00\", partition: cpu, account: lab, qos: low, signal: 60, options: [--nice=10]}"
    #expect(
      try resources(job, "{}")
        == Resources(
          cpus: 4, memory: "8G", time: "2:00:00", partition: "cpu", account: "lab", qos: "low", signal: 60, options: ["--nice=10"]))
    #expect(
      try resources(job, "{cpus: 16, options: [--constraint=avx512, \"--comment=two words\"], time: \"7-00:00:00\"}")
        == Resources(
          cpus: 16, memory: "8G", time: "7-00:00:00", partition: "cpu", account: "lab", qos: "low", signal: 60,
          options: ["--constraint=avx512", "--comment=two words"]))
    #expect(try resources(job, "{options: []}").options == [])
  }

  @Test(arguments: [
    ("{partition: \"a b\"}", "'partition' must be a name of the cluster, but is 'a b'"),
    ("{account: \"-x\"}", "'account' must be a name of the cluster, but is '-x'"),
    ("{qos: \"a\\nb\"}", "'qos' must be a name of the cluster, but is 'a"),
    ("{signal: 0}", "'signal' in 'resources' of stage 'a' must be a whole number from 1 to 65535, but is '0'"),
    (
      "{signal: 60, time: \"1\"}",
      "'signal' must be shorter than 'time', 60 s, but is 60 s: the stage would be stopped as soon as it began"
    ),
    ("{time: soon}", "'time' must be a time such as \"24:00:00\" or \"2-00:00:00\" (in quotes), but is 'soon'"),
    ("{time: \"99999999999999999999\"}", "'time' must be a time such as "),
    (
      "{options: [\"constraint=avx512\"]}",
      "'options' takes options of sbatch such as --constraint=avx512, each one line, but one is 'constraint=avx512'"
    ),
    ("{options: [\"--nice 10\"]}", "each one line, but one is '--nice 10'"),
    ("{options: [\"--comment=a\\n#SBATCH --uid=0\"]}", "each one line, but one is '--comment=a"),
    ("{options: [--array=0-9]}", "'options' may not hold '--array=0-9': submit decides it"),
    ("{options: [--depend=after:1]}", "'options' may not hold '--depend=after:1': submit decides it"),
    ("{options: [--mem=4G]}", "'options' may not hold '--mem=4G': give 'memory' instead"),
    ("{options: --nice}", "'options' in 'resources' of stage 'a' must be "),
    ("{cores: 4}", "unknown key 'cores' in 'resources' of stage 'a'"),
  ])
  func aMistakeIsNamed(stage: String, sentence: String) {
    let message = JobFileErrorTests.message("version: 1\nstages: {a: {run: walk, resources: \(stage)}}\n")
    #expect(message.contains("error: ") && message.contains(sentence))
  }

  @Test func whatOnlyBeginsLikeAnOptionOfOursIsAllowed() throws {
    #expect(try resources("{options: [--mem-per-cpu=2G, --exclusive]}", "{}").options == ["--mem-per-cpu=2G", "--exclusive"])
  }

  @Test(arguments: [
    ("90", 5400), ("0", 0), ("1:30", 90), ("2:00:00", 7200), ("1-0", 86_400), ("1-02:03", 93_780), ("7-00:00:10", 604_810),
  ])
  func timesAreReadAsSlurmReadsThem(time: String, seconds: Int) { #expect(Resources.seconds(time) == seconds) }

  @Test(arguments: ["", "1-", "-1", "1:2:3:4", "1h", "1.5", "24:00:00 ", "٣"])
  func otherTimesAreNone(time: String) { #expect(Resources.seconds(time) == nil) }

  @Test func theWarningLeavesTimeForACheckpointAndForWork() {
    #expect(Resources().warning == 120)
    #expect(Resources(time: "24:00:00").warning == 120)
    #expect(Resources(time: "2").warning == 30)
    #expect(Resources(time: "0").warning == 120)
    #expect(Resources(time: "1", signal: 55).warning == 55)
  }

  @Test func resourcesOfAnyKindMakeNothingStale() throws {
    let bench = try Bench()
    func job(_ resources: String) throws -> Job {
      let text = "version: 1\nartifacts: \(bench.artifacts)\n\(resources)stages: {a: {run: walk}}\n"
      return try Job(parsing: text, file: "job.yaml", registry: FakeStages.registry)
    }
    try bench.make(job(""))
    #expect(
      try bench.plan(
        job("resources: {cpus: 2, memory: 1G, time: \"5\", partition: p, account: a, qos: q, signal: 9, options: [--exclusive]}\n")
      ).isUpToDate)
  }
}
