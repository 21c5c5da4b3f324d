import ArgumentParser
import Glibc
import IO
import Jobs

/// The options that say which job is meant.
struct JobOptions: ParsableArguments, JobNaming {
  @Option(name: [.customShort("f", allowingJoined: true), .customLong("file")], help: "The job file.", completion: TargetCompletion.jobFile) var file: String?

  @Option(
    name: [.customShort("C", allowingJoined: true), .customLong("directory")], help: JobOptions.directoryHelp,
    completion: .directory) var directory: [String] = []
}

extension JobOptions {
  fileprivate static let directoryHelp: ArgumentHelp =
    "Change to this directory first; one after the other where given several times. All paths are relative to it."
}

/// The same for a command whose `-f` means something else.
struct LongJobOptions: ParsableArguments, JobNaming {
  @Option(help: "The job file.", completion: TargetCompletion.jobFile) var file: String?

  @Option(
    name: [.customShort("C", allowingJoined: true), .customLong("directory")], help: JobOptions.directoryHelp,
    completion: .directory) var directory: [String] = []
}

/// Which job is meant.
protocol JobNaming {
  var file: String? { get }
  var directory: [String] { get }
}

extension JobNaming {
  /// Used where no file is given and it exists.
  static var defaultFile: String { "jobs/sample.yaml" }

  /// Changes the directory, each time from where the one before led to, as Make does.
  func enter() throws {
    for directory in directory {
      guard chdir(directory) == 0 else { throw FileError(Errno(rawValue: errno), FilePath(directory), while: "changing to it (-C)") }
    }
  }

  /// Reads the job file.
  func job(_ registry: StageRegistry, on disk: any Disk) throws -> Job {
    let path = FilePath(file ?? Self.defaultFile)
    guard try disk.exists(path) else {
      let advice = file == nil ? "name a job file with --file" : "check --file, and -C: the path is relative to that directory"
      throw FileError(.missing, path, expected: "a job file", advice: advice)
    }
    return try Job(parsing: try disk.read(path), file: path, registry: registry)
  }
}
