import IO

/// How a job on a cluster starts this program.
public struct Launch: Equatable, Sendable {
  /// Absolute.
  public let program: FilePath
  /// The working directory, absolute: all paths of the job file are relative to it.
  public let directory: FilePath
  /// As given; relative to `directory`.
  public let jobFile: FilePath

  public init(program: FilePath, directory: FilePath, jobFile: FilePath) {
    (self.program, self.directory, self.jobFile) = (program, directory, jobFile)
  }
}

/// The batch script that makes one stage.
struct BatchScript {
  let stage: JobStage
  let launch: Launch
  /// Where the job's standard output and standard error go; relative to the working directory.
  let output: FilePath

  /// The script.
  /// - Parameter jobs: numbers of the jobs to wait for, or what stands for them while they are not known.
  /// - Throws: ``SlurmError`` for paths that a directive cannot hold.
  func text(after jobs: [String]) throws(SlurmError) -> String {
    let lines = try directives(after: jobs).map { "#SBATCH \($0)" }
    // exec: Slurm sends the warning before the time limit to the script's own process alone.
    let command = [launch.program.string, "run", stage.name, "--requeue", "--file=\(launch.jobFile)"].map(Self.shellWord)
    return (["#!/bin/sh"] + lines + ["exec \(command.joined(separator: " "))", ""]).joined(separator: "\n")
  }

  private func directives(after jobs: [String]) throws(SlurmError) -> [String] {
    let resources = stage.resources
    let file = FilePath(launch.directory.pushing(output).string.replacing("%", with: "%%"))
    var directives = [
      "--job-name=\(stage.name)", "--chdir=\(try directivePath(launch.directory))", "--output=\(try directivePath(file))",
      "--open-mode=append", "--requeue", "--signal=B:USR1@\(resources.warning)",
    ]
    if !jobs.isEmpty { directives += ["--dependency=afterok:\(jobs.joined(separator: ":"))", "--kill-on-invalid-dep=yes"] }
    let wishes = [
      ("cpus-per-task", resources.cpus.map { "\($0)" }), ("mem", resources.memory), ("time", resources.time),
      ("partition", resources.partition), ("account", resources.account), ("qos", resources.qos),
    ]
    for case (let name, let value?) in wishes { directives.append("--\(name)=\(value)") }
    return directives + resources.options.map(Self.directiveWord)
  }

  /// A path for a directive. In that of an output file, Slurm takes a backslash for its own.
  private func directivePath(_ path: FilePath) throws(SlurmError) -> String {
    guard path.string.unicodeScalars.allSatisfy({ $0.value >= 32 && $0.value != 127 && $0 != "\\" }) else {
      let name = JSON.string(path.string).canonical
      throw SlurmError("the path \(name) holds a backslash or control characters, which a batch script cannot: rename the folder")
    }
    return Self.directiveWord(path.string)
  }

  /// A word as sbatch reads it from a directive: it knows double quotes, and backslashes in them, and nothing else of the shell.
  static func directiveWord(_ text: String) -> String {
    if text.allSatisfy(isPlain) { return text }
    return "\"\(text.replacing("\\", with: "\\\\").replacing("\"", with: "\\\""))\""
  }

  /// A word as the shell reads it.
  static func shellWord(_ text: String) -> String {
    if !text.isEmpty, text.allSatisfy(isPlain) { return text }
    return "'\(text.replacing("'", with: "'\\''"))'"
  }

  private static func isPlain(_ character: Character) -> Bool {
    character.isASCII && (character.isLetter || character.isNumber || "_@%+=:,./-".contains(character))
  }
}
