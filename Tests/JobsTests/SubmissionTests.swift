import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

/// Which stages get a Slurm job, and what each waits for.
@Suite struct SubmissionTests {
  let bench: Bench
  static let stages = """
    text: {run: source, with: {file: FOLDER/in.txt}}
    a: {run: count, needs: {text: text}, with: {letter: a}}
    b: {run: count, needs: {text: text}, with: {letter: b}}
    both: {run: join, needs: {parts: [a, b]}}
    """

  init() throws {
    bench = try Bench()
    try bench.write("in.txt", "Abba and banana")
  }

  /// A line an entry: `both after a, b`; then what is left and what is superseded.
  func lines(_ job: Job, _ known: [String: (Int, String, String?)] = [:]) throws -> [String] {
    let known = try known.mapValues { SlurmJob(id: try #require(SlurmJobID($0.0)), state: $0.1, reason: $0.2) }
    let submission = Submission(job, try bench.plan(job), known: known)
    return submission.entries.map { ([$0.planned.name, "after"] + $0.waits).joined(separator: " ") }
      + submission.left.map { "left \($0.stage)" } + submission.superseded.map { "superseded \($0)" }
  }

  @Test func everythingStaleIsSentInputsFirst() throws {
    #expect(try lines(bench.job(Self.stages)) == ["text after", "a after text", "b after text", "both after a b"])
  }

  @Test func whatIsKeptIsNotSentAndNotWaitedFor() throws {
    try bench.make(bench.job(Self.stages))
    let changed = try bench.job(Self.stages.replacing("letter: b", with: "letter: n"))
    #expect(try lines(changed) == ["b after", "both after b"])
    #expect(try lines(bench.job(Self.stages)) == [])
  }

  @Test func aStageWhoseJobIsQueuedOrRunsIsLeftToIt() throws {
    let job = try bench.job(Self.stages)
    #expect(
      try lines(job, ["text": (1, "RUNNING", nil), "a": (2, "PENDING", "Dependency")]) == [
        "b after text", "both after a b", "left text", "left a",
      ])
    #expect(
      try lines(job, ["text": (1, "COMPLETING", nil), "a": (2, "PENDING", nil), "b": (3, "PENDING", nil), "both": (4, "PENDING", nil)])
        == ["left text", "left a", "left b", "left both"])
  }

  @Test(arguments: ["FAILED", "CANCELLED", "TIMEOUT", "NODE_FAIL", "COMPLETED", "OUT_OF_MEMORY"])
  func aStageWhoseJobEndedIsSentAgain(state: String) throws {
    #expect(try lines(bench.job(Self.stages), ["text": (1, state, nil)]).first == "text after")
  }

  @Test func aQueuedJobWhoseInputIsSentAnewWouldStartWithoutItAndIsSentAnewToo() throws {
    #expect(
      try lines(bench.job(Self.stages), ["text": (1, "FAILED", nil), "a": (2, "PENDING", "Dependency"), "b": (3, "RUNNING", nil)])
        == ["text after", "a after text", "both after a b", "left b", "superseded 2"])
  }

  @Test func aJobThatWaitsInVainIsSentAnew() throws {
    #expect(
      try lines(bench.job(Self.stages), ["text": (1, "RUNNING", nil), "a": (2, "PENDING", "DependencyNeverSatisfied")])
        == ["a after text", "b after text", "both after a b", "left text", "superseded 2"])
  }

  @Test func cancellationBeginsAtTheEndOfTheChain() throws {
    func record(_ stage: String, _ number: Int) throws -> SlurmRecord {
      SlurmRecord(stage: stage, id: try #require(SlurmJobID(number)), fingerprint: nil, submitted: 0, by: "", dependencies: [])
    }
    let records = try [record("a", 2), record("both", 4), record("gone", 9), record("text", 1), record("b", 3), record("old", 5)]
    let jobs = try [("RUNNING", 1), ("PENDING", 2), ("COMPLETED", 3), ("PENDING", 4), ("PENDING", 9)].map { state, number in
      SlurmJob(id: try #require(SlurmJobID(number)), state: state)
    }
    let order = try bench.job(Self.stages).graph.order
    #expect(Cancellation(records, jobs, order: order).items.map(\.stage) == ["gone", "both", "a", "text"])
  }

  @Test func dependentsAreAllThatIsMadeFromAStage() throws {
    let graph = try bench.job(Self.stages).graph
    #expect(graph.dependents(of: ["a"]) == ["a", "both"])
    #expect(graph.dependents(of: ["text"]) == ["text", "a", "b", "both"] && graph.dependents(of: []) == [])
  }
}

@Suite struct BatchScriptTests {
  func script(_ resources: String, directory: FilePath = "/home/me/job", file: FilePath = "jobs/x.yaml", after jobs: [String]) throws
    -> String
  {
    let text = "version: 1\nartifacts: artifacts/x\nstages: {a: {run: walk, matrix: {steps: [3]}, resources: \(resources)}}\n"
    let job = try Job(parsing: text, file: file, registry: FakeStages.registry)
    let stage = try #require(job.stage("a@steps=3"))
    let launch = Launch(program: "/opt/bin/advgan-job", directory: directory, jobFile: file)
    return try BatchScript(stage: stage, launch: launch, output: StoreLayout(folder: job.artifacts).slurmOutput(stage.name)).text(
      after: jobs)
  }

  @Test func aScriptSaysAllThatSlurmMustKnow() throws {
    let resources = """
      {cpus: 16, memory: 32G, time: "1-00:00:00", partition: cpu, account: lab, qos: low, signal: 300, options: [--constraint=avx512, "--comment=a \\"b\\" $c"]}
      """
    #expect(
      try script(resources, after: ["12", "13"]) == #"""
        #!/bin/sh
        #SBATCH --job-name=a@steps=3
        #SBATCH --chdir=/home/me/job
        #SBATCH --output=/home/me/job/artifacts/x/.advgan/slurm/a@steps=3.out
        #SBATCH --open-mode=append
        #SBATCH --requeue
        #SBATCH --signal=B:USR1@300
        #SBATCH --dependency=afterok:12:13
        #SBATCH --kill-on-invalid-dep=yes
        #SBATCH --cpus-per-task=16
        #SBATCH --mem=32G
        #SBATCH --time=1-00:00:00
        #SBATCH --partition=cpu
        #SBATCH --account=lab
        #SBATCH --qos=low
        #SBATCH --constraint=avx512
        #SBATCH "--comment=a \"b\" $c"
        exec /opt/bin/advgan-job run a@steps=3 --requeue --file=jobs/x.yaml

        """#)
  }

  @Test func aStageThatAsksForNothingAndWaitsForNothing() throws {
    #expect(
      try script("{}", after: []) == """
        #!/bin/sh
        #SBATCH --job-name=a@steps=3
        #SBATCH --chdir=/home/me/job
        #SBATCH --output=/home/me/job/artifacts/x/.advgan/slurm/a@steps=3.out
        #SBATCH --open-mode=append
        #SBATCH --requeue
        #SBATCH --signal=B:USR1@120
        exec /opt/bin/advgan-job run a@steps=3 --requeue --file=jobs/x.yaml

        """)
  }

  @Test func namesOfFoldersMayHoldAnythingButWhatSlurmCannotRead() throws {
    let text = try script("{}", directory: "/home/m e/50% #1 \"q\" it's", file: "-f $x's.yaml", after: [])
    #expect(text.contains(#"#SBATCH --chdir="/home/m e/50% #1 \"q\" it's""# + "\n"))
    #expect(text.contains(#"#SBATCH --output="/home/m e/50%% #1 \"q\" it's/artifacts/x/.advgan/slurm/a@steps=3.out""# + "\n"))
    #expect(text.hasSuffix("\nexec /opt/bin/advgan-job run a@steps=3 --requeue '--file=-f $x'\\''s.yaml'\n"))
    for name in ["/a\nb", "/a\\b"] { #expect(throws: SlurmError.self) { try script("{}", directory: FilePath(name), after: []) } }
    #expect(
      throws: SlurmError(#"the path "/a\nb" holds a backslash or control characters, which a batch script cannot: rename the folder"#)
    ) {
      try script("{}", directory: "/a\nb", after: [])
    }
  }
}
