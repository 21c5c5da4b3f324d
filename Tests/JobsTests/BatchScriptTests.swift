import IO
import Testing

@testable import Jobs
@testable import jobs_fixture

@Suite struct BatchScriptTests {
  func script(_ resources: String, directory: FilePath = "/home/me/job", file: FilePath = "jobs/x.yaml", after jobs: [String]) throws
    -> String
  {
    let text = "version: 1\nartifacts: artifacts/x\nstages: {a: {run: walk, matrix: {steps: [3]}, with: {steps: \"${steps}\"}, resources: \(resources)}}\n"
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
