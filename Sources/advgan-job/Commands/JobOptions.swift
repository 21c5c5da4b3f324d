import ArgumentParser
import Foundation
import Glibc
import IO
import Jobs

/// The options that say which job is meant.
struct JobOptions: ParsableArguments {
  @Option(name: [.customShort("f"), .customLong("file")], help: "The job file.")
  var file: String?

  @Option(name: [.customShort("C"), .customLong("directory")], help: "Change to this directory first. All paths are relative to it.")
  var directory: String?

  /// Used where no `-f` is given and it exists.
  static let defaultFile = "jobs/sample.yaml"

  /// Changes the directory.
  func enter() throws {
    guard let directory else { return }
    guard chdir(directory) == 0 else { throw FileError(Errno(rawValue: errno), FilePath(directory), while: "changing to it (-C)") }
  }

  /// Reads the job file.
  func job(_ registry: StageRegistry, on disk: any Disk) throws -> Job {
    let path = FilePath(file ?? JobOptions.defaultFile)
    guard try disk.exists(path) else {
      let advice = file == nil ? "name a job file with -f" : "check -f, and -C: the path is relative to that directory"
      throw FileError(.missing, path, expected: "a job file", advice: advice)
    }
    let bytes = try disk.read(path)
    guard let text = String(validating: bytes, as: UTF8.self) else {
      throw FileError(.damaged, path, expected: "a job file in UTF-8", found: "other bytes", advice: "save it as UTF-8")
    }
    return try Job(parsing: text, file: path, registry: registry)
  }
}

/// Where and as whom the program runs: the only place that asks the system and the environment.
enum Surroundings {
  static func circumstances() -> Circumstances {
    var name = utsname()
    uname(&name)
    let host = withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
    let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    return Circumstances(
      program: "advgan-job \(AdvGANJob.version)", host: host, user: NSUserName(), pid: Int(getpid()),
      boot: boot.trimmingCharacters(in: .whitespacesAndNewlines), slurmJob: ProcessInfo.processInfo.environment["SLURM_JOB_ID"])
  }

  /// As many threads as Slurm gave the task, else as there are processors.
  static func threads(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> Int {
    if let given = environment["SLURM_CPUS_PER_TASK"].flatMap({ Int($0) }), threadCounts.contains(given) { return given }
    return max(1, ProcessInfo.processInfo.activeProcessorCount)
  }

  /// How many threads one may ask for: more than any machine has processors would only fill its table of processes.
  private static let threadCounts = 1...1024

  /// - Throws: `ValidationError` where `--threads` asks for none or for absurdly many.
  static func check(threads: Int?) throws {
    guard let threads, !threadCounts.contains(threads) else { return }
    throw ValidationError("--threads must lie between 1 and \(threadCounts.upperBound), but is \(threads)")
  }

  /// Seconds since 1970.
  static func time() -> Double { Date().timeIntervalSince1970 }
}
