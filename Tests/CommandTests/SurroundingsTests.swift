import Testing

@testable import advgan_job

/// What the program makes of the machine, and of what Slurm says of it.
@Suite struct SurroundingsTests {
  @Test func slurmsThreadsCountWhereThereAreAny() {
    let processors = Surroundings.threads([:])
    #expect(processors >= 1 && Surroundings.threads([:], processors: 7) == 7)
    #expect(Surroundings.threads(["SLURM_CPUS_ON_NODE": "9", "SLURM_CPUS_PER_TASK": "3"], processors: 16) == 3)
    #expect(Surroundings.threads(["SLURM_CPUS_ON_NODE": "9"], processors: 16) == 9)
    // taskset, a cpuset or a quota allows less than Slurm says.
    #expect(Surroundings.threads(["SLURM_CPUS_ON_NODE": "64"], processors: 1) == 1)
    for (text, quota) in [("200000 100000\n", 2), ("150000 100000\n", 2), ("1000 100000", 1), ("max 100000\n", nil), ("", nil), ("0 0", nil)] {
      #expect(Surroundings.quota(in: text) == quota)
    }
    for nonsense in ["", "0", "-2", "many", "100000"] { #expect(Surroundings.threads(["SLURM_CPUS_PER_TASK": nonsense]) == processors) }
  }

  @Test func threadsThatNoProcessorsAreThereForAreTold() {
    let told = Surroundings.threadsWarning(nil, ["SLURM_CPUS_ON_NODE": "64"], processors: 1)
    #expect(
      told == "SLURM_CPUS_ON_NODE says 64, but this process may use 1 (its affinity or its control group's quota says so): it runs with as many threads")
    #expect(Surroundings.threadsWarning(9, ["SLURM_CPUS_ON_NODE": "2"], processors: 8)?.hasPrefix("--threads says 9, but") == true)
    #expect(Surroundings.threadsWarning(8, ["SLURM_CPUS_ON_NODE": "64"], processors: 8) == nil)
    #expect(Surroundings.threadsWarning(nil, ["SLURM_CPUS_ON_NODE": "8"], processors: 8) == nil)
    #expect(Surroundings.threadsWarning(nil, [:], processors: 1) == nil)
  }

  @Test func theProcessorIsTheFirstModelNamed() {
    let text = "processor\t: 0\nvendor_id\t: X\nmodel\t\t: 1\nmodel name\t: Fast CPU: 2.0 GHz \n\nprocessor\t: 1\nmodel name\t: Other\n"
    #expect(Surroundings.model(in: text) == "Fast CPU: 2.0 GHz")
    for nameless in ["", "processor\t: 0\nBogoMIPS\t: 50.00\n", "model name\t:\n", "model name"] {
      #expect(Surroundings.model(in: nameless) == nil)
    }
  }
}
