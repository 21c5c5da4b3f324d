import Glibc
import SystemPackage

/// Another program, run as a child process: its arguments go to it as they are, never through a shell, and it gets only so much time and
/// so much room for its answer.
public struct ChildProgram: Sendable {
  public let path: FilePath
  /// All that the program sees of the environment.
  public let environment: [String: String]

  /// Bytes that a program may write to either of its outputs, unless its caller says otherwise.
  public static let mostOutput = 1 << 20

  public init(_ path: FilePath, environment: [String: String]) { (self.path, self.environment) = (path, environment) }

  /// The program of a name in one of the folders of the PATH; nil where none has one that may be executed. Relative folders are passed
  /// over.
  public init?(named name: String, environment: [String: String]) {
    let folders = (environment["PATH"] ?? "").split(separator: ":").filter { $0.hasPrefix("/") }
    let paths = folders.map { FilePath(String($0)).appending(name) }
    guard let path = paths.first(where: { $0.withPlatformString { access($0, X_OK) == 0 } }) else { return nil }
    self.init(path, environment: environment)
  }

  /// How a program ended, and what it said.
  public struct Answer: Equatable, Sendable {
    /// Its exit status; 128 + the signal's number where a signal ended it.
    public let status: Int32
    public let output: String
    public let error: String
  }

  /// Runs the program to its end.
  /// - Parameters:
  ///   - input: what it reads from its standard input.
  ///   - seconds: after which it is killed.
  ///   - most: bytes that it may write to either of its outputs.
  ///   - isWanted: asked all the while; the program is killed where it says no.
  public func run(
    _ arguments: [String], input: String = "", within seconds: Double, most: Int = ChildProgram.mostOutput, while isWanted: () -> Bool = { true }
  ) throws(ChildProgramError) -> Answer {
    let stdout: ScratchFile
    let stderr: ScratchFile
    let child: pid_t
    let stdin: ScratchFile
    do throws(Errno) {
      (stdin, stdout, stderr) = (try ScratchFile(), try ScratchFile(), try ScratchFile())
      try stdin.fill(input)
    } catch {
      throw .noScratch(ScratchFile.folder, error)
    }
    do throws(Errno) {
      child = try start(arguments, [stdin, stdout, stderr])
    } catch {
      throw .notRun(path, error)
    }
    func isTolerable() -> Bool { max(stdout.size(), stderr.size()) <= most }
    let status = wait(for: child, within: seconds, while: { isTolerable() && isWanted() })
    guard isTolerable() else { throw .saidTooMuch(path, most) }
    if status == nil, !isWanted() { throw .unwanted(path) }
    guard let status else { throw .tookTooLong(path, seconds) }
    do throws(Errno) {
      return Answer(status: status, output: try stdout.content(), error: try stderr.content())
    } catch {
      throw .notRun(path, error)
    }
  }

  private func start(_ arguments: [String], _ files: [ScratchFile]) throws(Errno) -> pid_t {
    var actions = posix_spawn_file_actions_t()
    posix_spawn_file_actions_init(&actions)
    defer { posix_spawn_file_actions_destroy(&actions) }
    for (number, file) in files.enumerated() {
      posix_spawn_file_actions_adddup2(&actions, file.descriptor.rawValue, Int32(number))
    }
    // Threads that libraries started may have signals blocked, which a child would inherit.
    var attributes = posix_spawnattr_t()
    posix_spawnattr_init(&attributes)
    defer { posix_spawnattr_destroy(&attributes) }
    var none = sigset_t()
    sigemptyset(&none)
    posix_spawnattr_setsigmask(&attributes, &none)
    posix_spawnattr_setflags(&attributes, Int16(POSIX_SPAWN_SETSIGMASK))
    var child = pid_t()
    let result = ChildProgram.withCStrings([path.string] + arguments) { arguments in
      ChildProgram.withCStrings(environment.map { "\($0)=\($1)" }) { environment in
        path.withPlatformString { posix_spawn(&child, $0, &actions, &attributes, arguments, environment) }
      }
    }
    guard result == 0 else { throw Errno(rawValue: result) }
    return child
  }

  /// The exit status; nil for a child that was killed, because it took too long or `isTolerable` no longer held.
  private func wait(for child: pid_t, within seconds: Double, while isTolerable: () -> Bool) -> Int32? {
    let patience = ContinuousClock.now.advanced(by: .seconds(seconds))
    var pause: UInt32 = 500
    var status: Int32 = 0
    while true {
      let ended = waitpid(child, &status, WNOHANG)
      if ended == child { break }
      // Somebody else took the child's status: what became of it is not known.
      if ended < 0, errno != EINTR { return 127 }
      guard ContinuousClock.now < patience, isTolerable() else {
        kill(child, SIGKILL)
        while waitpid(child, &status, 0) < 0, errno == EINTR {}
        return nil
      }
      usleep(pause)
      pause = min(pause * 2, 20_000)
    }
    let signal = status & 0x7f
    return signal == 0 ? status >> 8 & 0xff : 128 + signal
  }

  private static func withCStrings<Result>(
    _ strings: [String], _ body: (UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>) -> Result
  ) -> Result {
    var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
    defer { for pointer in pointers { free(pointer) } }
    return pointers.withUnsafeMutableBufferPointer { buffer in
      guard let base = buffer.baseAddress else { preconditionFailure("ChildProgram: a list of arguments without an end") }
      return body(base)
    }
  }
}

/// Why a program gave no answer, in one sentence.
public enum ChildProgramError: Error, Equatable, CustomStringConvertible, Sendable {
  case notRun(FilePath, Errno)
  case tookTooLong(FilePath, Double)
  case saidTooMuch(FilePath, Int)
  /// It was no longer wanted before it ended.
  case unwanted(FilePath)
  case noScratch(FilePath, Errno)

  public var description: String {
    switch self {
    case .notRun(let path, let errno): "\(path) could not be run: \(errno)"
    case .tookTooLong(let path, let seconds): "\(path) did not end within \(Int(seconds)) s"
    case .saidTooMuch(let path, let most): "\(path) wrote more than \(most) bytes"
    case .unwanted(let path): "\(path) was stopped"
    case .noScratch(let folder, let errno): "\(FileError(errno, folder, while: "making a scratch file, for which TMPDIR may name another folder"))"
    }
  }
}
