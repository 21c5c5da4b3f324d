import Jobs

/// The program's exit statuses: Make's where Make has one, sysexits' for the rest, 128 + signal for signals.
enum ExitStatus {
  static let success: Int32 = 0
  /// `-q`, `status --check`: something is stale; `diff`: two things differ.
  static let stale: Int32 = 1
  /// A stage failed.
  static let failure: Int32 = 2
  /// `verify`, `inspect` or `diff` found damage.
  static let damaged: Int32 = 3
  /// Another run holds a stage.
  static let busy: Int32 = 9
  /// Wrong use of the command line.
  static let usage: Int32 = 64
  /// A mistake in the job file.
  static let badJobFile: Int32 = 65
  /// An input file is missing.
  static let missingInput: Int32 = 66
  /// Stopped at a checkpoint; the same command goes on from there.
  static let tryAgain: Int32 = 75
}

extension RunResult {
  var exitStatus: Int32 {
    switch outcome {
    case .success: ExitStatus.success
    case .failed: ExitStatus.failure
    case .badSettings: ExitStatus.badJobFile
    case .missingInput: ExitStatus.missingInput
    case .busy: ExitStatus.busy
    case .tryAgain: ExitStatus.tryAgain
    case .stopped(let reason): 128 + reason.signal
    }
  }
}
