/// The parts of the manual page that the argument parser does not know.
enum ManualSections {
  static let description =
    [".SH DESCRIPTION"]
    + ManualPage.paragraph(
      """
      A job file declares stages: what kind each is, what it needs, its settings. Each stage makes one artifact, a tar. make runs the stages \
      whose artifacts are missing or were made otherwise than they would be made now, in the order of their needs. An interrupted training \
      goes on from its last checkpoint, with the same result to the last bit.
      """) + [".PP"]
    + ManualPage.paragraph(
      "Every command that takes --json prints one object; docs/json.md describes each. The job file is that of -f, else jobs/sample.yaml.")

  static let rest = statuses + files + environment + examples

  private static let statuses = section(
    "EXIT STATUS",
    [
      ("0", "Done, or nothing to do; diff: identical."), ("1", "make -q, status --check: something is stale. diff: different."),
      ("2", "A stage failed, or anything else did."), ("3", "verify, inspect, diff: an artifact or a checkpoint is damaged."),
      ("9", "Another run holds a stage."), ("64", "Wrong usage, or an unknown target."),
      ("65", "A mistake in the job file, or settings that do not fit."), ("66", "A job file, an artifact, a log or an input is missing."),
      ("75", "Stopped at a checkpoint: run the same command again."), ("129, 130, 143", "Stopped by SIGHUP, SIGINT, SIGTERM."),
    ])

  private static let files = section(
    "FILES",
    [
      (
        "ARTIFACTS/STAGE.tar",
        "The artifact of a stage. Its first member, .advgan.json, says how it was made and has the digest of each other."
      ),
      (
        "ARTIFACTS/.advgan/",
        "Records of runs, logs, locks, checkpoints, remembered digests, notes of Slurm jobs. Without it no result is lost, only the facts of "
          + "past runs, what -t marked as up to date, unfinished work, and which jobs are queued."
      ), ("jobs/sample.yaml", "The job file where none is named."),
    ])

  private static let environment = section(
    "ENVIRONMENT",
    [
      ("ADVGAN_KERNELS", "The arithmetic to use, avx512, avx2 or portable, in place of the best that the processor can run."),
      ("OPENBLAS_CORETYPE", "Where it is set, OpenBLAS computes for that processor. A warning says so where the kernels go with another; low bits may then differ."),
      (
        "SLURM_CPUS_PER_TASK, SLURM_CPUS_ON_NODE, SLURM_JOB_ID",
        "How many threads to use where --threads is not given, and what records say of the job."
      ), ("TMPDIR", "Where scratch files are made, by default /tmp."),
      ("SLURM_ARRAY_JOB_ID, SLURM_ARRAY_TASK_ID", "Which job run --requeue puts back."),
      (
        "SLURM_CONF, SLURM_CLUSTERS, SBATCH_ACCOUNT, SBATCH_PARTITION, SBATCH_QOS, SBATCH_CONSTRAINT, SBATCH_RESERVATION",
        "Handed on to Slurm's commands, where they outweigh the job file; other variables of sbatch and squeue are not."
      ),
    ])

  private static let examples = section(
    "EXAMPLES",
    [
      ("advgan-job make -n", "What would be done, and why."),
      ("advgan-job make -j 2 report", "Make the stage report and all it needs, two stages at a time."),
      ("advgan-job diff finetune@lambda=0 finetune@lambda=0.3", "What differs between two runs: settings, inputs, figures."),
      ("advgan-job graph --format dot | dot -Tsvg > graph.svg", "A drawing of the job, by Graphviz."),
      ("advgan-job log -f cotrain", "Watch a running stage."),
      ("advgan-job verify && advgan-job gc --dry-run", "Check that everything is whole, and list what could be removed."),
    ])

  private static func section(_ title: String, _ entries: [(head: String, words: String)]) -> [String] {
    [".SH \(title)"] + entries.flatMap { [".TP", "\\fB\(ManualPage.escaped($0.head))\\fR"] + ManualPage.paragraph($0.words) }
  }
}
