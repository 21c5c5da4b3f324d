import ArgumentParser
import Foundation
import Glibc
import IO
import Jobs
import NN

/// Where and as whom the program runs: the only place that asks the system and the environment.
enum Surroundings {
  static func circumstances() -> Circumstances {
    let boot = (try? String(contentsOfFile: "/proc/sys/kernel/random/boot_id", encoding: .utf8)) ?? ""
    return Circumstances(
      program: "advgan-job \(AdvGANJob.version)", host: host(), user: User.current, pid: Int(getpid()),
      boot: boot.trimmingCharacters(in: .whitespacesAndNewlines), slurmJob: ProcessInfo.processInfo.environment["SLURM_JOB_ID"],
      processor: processor())
  }

  /// The machine's name.
  static func host() -> String {
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: name.nodename) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The processor's model, or the machine's architecture where it has no name.
  static func processor() -> String {
    if let text = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8), let model = model(in: text) { return model }
    var name = utsname()
    uname(&name)
    return withUnsafeBytes(of: name.machine) { String(decoding: $0.prefix { $0 != 0 }, as: UTF8.self) }
  }

  /// The first processor's model in the text of `/proc/cpuinfo`; nil where it has no name, as on many machines that are not x86.
  static func model(in text: String) -> String? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("model name") }), let colon = line.firstIndex(of: ":") else {
      return nil
    }
    let name = line[line.index(after: colon)...].trimmingCharacters(in: .whitespaces)
    return name.isEmpty ? nil : name
  }

  /// As many threads as Slurm gave the task, or the job on this machine where the task has no number of its own; else as there are processors that this
  /// process may use. Never more than those: threads that wait for a processor cost the others time.
  static func threads(_ environment: [String: String] = ProcessInfo.processInfo.environment, processors: Int = usableProcessors) -> Int {
    min(slurmThreads(environment)?.count ?? processors, processors)
  }

  private static func slurmThreads(_ environment: [String: String]) -> (name: String, count: Int)? {
    for name in ["SLURM_CPUS_PER_TASK", "SLURM_CPUS_ON_NODE"] {
      if let count = environment[name].flatMap({ Int($0) }), threadCounts.contains(count) { return (name, count) }
    }
    return nil
  }

  /// What is to be said once, before stages run, of kernels that do not fit and of threads that are not what somebody asked for; nil where all is well.
  static func warning(for kernels: KernelChoice, threads: Int?) -> String? {
    let sentences = [Restart.warning(for: kernels), threadsWarning(threads)].compactMap(\.self)
    return sentences.isEmpty ? nil : sentences.joined(separator: "; ")
  }

  /// What to say where somebody asks for more threads than this process may use processors; nil where nobody does.
  /// - Parameter asked: by `--threads`, which is obeyed; a variable is not.
  static func threadsWarning(
    _ asked: Int?, _ environment: [String: String] = ProcessInfo.processInfo.environment, processors: Int = usableProcessors
  ) -> String? {
    let may = "but this process may use \(processors) (its affinity or its control group's quota says so)"
    if let asked { return asked > processors ? "--threads says \(asked), \(may): they will wait for each other" : nil }
    guard let (name, count) = slurmThreads(environment), count > processors else { return nil }
    return "\(name) says \(count), \(may): it runs with as many threads"
  }

  /// The processors that this process may run on (`taskset`, a cpuset), or as many as its control group's quota is worth.
  static var usableProcessors: Int {
    let processors = ProcessInfo.processInfo.activeProcessorCount
    return max(1, min(processors, processorQuota() ?? processors))
  }

  /// Of the control groups around this process, the smallest quota.
  private static func processorQuota() -> Int? {
    let own = (try? String(contentsOfFile: "/proc/self/cgroup", encoding: .utf8))?.split(separator: "\n").first { $0.hasPrefix("0::") }
    var group = FilePath("/sys/fs/cgroup").pushing(FilePath(String((own ?? "0::/").dropFirst(4))))
    var quotas: [Int] = []
    while group.starts(with: "/sys/fs/cgroup") {
      if let text = try? String(contentsOfFile: group.appending("cpu.max").string, encoding: .utf8), let quota = quota(in: text) { quotas.append(quota) }
      group = group.removingLastComponent()
    }
    return quotas.min()
  }

  /// How many processors a quota is worth, rounded up: the text of `cpu.max`, `200000 100000`; nil for `max` and for anything else.
  static func quota(in text: String) -> Int? {
    let words = text.split(whereSeparator: \.isWhitespace).map { Int($0) }
    guard words.count == 2, let quota = words[0], let period = words[1], quota > 0, period > 0 else { return nil }
    return (quota - 1) / period + 1
  }

  /// The kernels that ADVGAN_KERNELS names, else the best that this processor can run.
  static func kernels(_ environment: [String: String] = ProcessInfo.processInfo.environment) throws(KernelError) -> KernelChoice {
    try KernelRequest(environment["ADVGAN_KERNELS"]).choice(on: processor())
  }

  /// By what stages compute with these kernels.
  static func arithmetic(_ kernels: KernelChoice) -> Arithmetic { Arithmetic(kernels: kernels.key, openBLAS: OpenBLASCore.loaded) }

  /// How many threads one may ask for: more than any machine has processors would only fill its table of processes.
  private static let threadCounts = 1...1024

  /// - Throws: `ValidationError` where `--threads` asks for none or for absurdly many.
  static func check(threads: Int?) throws {
    guard let threads, !threadCounts.contains(threads) else { return }
    throw ValidationError("--threads must lie between 1 and \(threadCounts.upperBound), but is \(threads)")
  }

  /// Opens /dev/null for each of standard input, output and error that whoever started the program closed (`>&-` in a crontab): else the next file that is
  /// opened would take its number, and printed lines would land in it. To be called before anything else.
  static func openStandardStreams() {
    for descriptor in [STDIN_FILENO, STDOUT_FILENO, STDERR_FILENO] where fcntl(descriptor, F_GETFD) == -1 && errno == EBADF {
      // The lowest free number is this one.
      _ = Glibc.open("/dev/null", O_RDWR)
    }
  }

  /// Lets SIGQUIT (Ctrl-\) end the program: Swift's runtime would print pages of calls and go on.
  static func endAtQuit() { signal(SIGQUIT, SIG_DFL) }

  /// Whether a person watches standard error on a terminal that can rewrite a line.
  static var isLive: Bool {
    let kind = ProcessInfo.processInfo.environment["TERM"] ?? ""
    return isatty(STDERR_FILENO) == 1 && !kind.isEmpty && kind != "dumb"
  }

  /// How many columns the window has that standard error shows itself in; 80 where it does not say.
  static func columns() -> Int {
    var size = winsize()
    return ioctl(STDERR_FILENO, UInt(TIOCGWINSZ), &size) == 0 && size.ws_col > 0 ? Int(size.ws_col) : 80
  }

  /// The most memory that this process had in use at once, in bytes.
  static func peakMemory() -> Int {
    if let text = try? String(contentsOfFile: "/proc/self/status", encoding: .utf8), let peak = peakMemory(in: text) { return peak }
    var usage = rusage()
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
    return usage.ru_maxrss * 1024
  }

  /// The peak resident size in the text of `/proc/self/status`, in bytes; nil where it says none.
  static func peakMemory(in text: String) -> Int? {
    guard let line = text.split(separator: "\n").first(where: { $0.hasPrefix("VmHWM:") }) else { return nil }
    let words = line.split(whereSeparator: \.isWhitespace)
    guard words.count == 3, words[2] == "kB" else { return nil }
    return Int(words[1]).map { $0 * 1024 }
  }

  /// Asks the person at the terminal a question, where only yes is yes; nil where there is no terminal.
  static func question() -> ((String) -> Bool)? {
    guard isatty(STDIN_FILENO) == 1, isatty(STDERR_FILENO) == 1 else { return nil }
    return { question in
      _ = try? FileDescriptor.standardError.writeAll("\(question) [y/N] ".utf8)
      return ["y", "yes"].contains(readLine()?.lowercased() ?? "")
    }
  }

  /// Seconds since 1970.
  static func time() -> Double { Date().timeIntervalSince1970 }
}

/// What commands that speak to Slurm ask of the system and the environment.
extension Surroundings {
  static func slurm() -> SlurmCommands { SlurmCommands(environment: ProcessInfo.processInfo.environment) }

  /// The job that this process runs in, as `scontrol` names it: of an array one job, not all; nil outside Slurm.
  static func slurmJob(_ environment: [String: String] = ProcessInfo.processInfo.environment) -> String? {
    if let array = environment["SLURM_ARRAY_JOB_ID"], let task = environment["SLURM_ARRAY_TASK_ID"] { return "\(array)_\(task)" }
    return environment["SLURM_JOB_ID"]
  }

  /// How a job starts this program as it runs now, in the working directory as it is now.
  /// - Throws: ``FileError`` where the working directory is not known, as after it was removed: a job would start somewhere else.
  static func launch(of jobFile: FilePath) throws(FileError) -> Launch {
    guard let current = getcwd(nil, 0) else {
      throw FileError(
        .missing, ".", found: "a working directory whose path is not known (\(Errno(rawValue: errno)))", advice: "change to one that is there")
    }
    defer { free(current) }
    let directory = FilePath(platformString: current)
    let linked = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
    // Linux says so of a program that was replaced since it was started; the job then runs the new one.
    let program = linked.map { $0.hasSuffix(" (deleted)") ? String($0.dropLast(10)) : $0 } ?? CommandLine.arguments[0]
    return Launch(program: directory.pushing(FilePath(program)), directory: directory, jobFile: jobFile)
  }

  /// Who sends jobs, and from where.
  static func sender() -> String {
    let circumstances = circumstances()
    return "\(circumstances.user)@\(circumstances.host)"
  }
}
