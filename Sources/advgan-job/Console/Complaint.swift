import IO
import Jobs

/// Errors of the world as a person reads them.
enum Complaint {
  /// The exit status for an error that our own floors throw; nil for others, which belong to the argument parser.
  static func status(of error: any Error) -> Int32? {
    switch error {
    case is JobFileError: ExitStatus.badJobFile
    case is UnknownTarget: ExitStatus.usage
    case let error as KernelError: error.isUsage ? ExitStatus.usage : ExitStatus.failure
    case is StageBusy, is SubmitBusy: ExitStatus.busy
    case let error as FileError: error.kind == .missing ? ExitStatus.missingInput : ExitStatus.failure
    case is StageError, is StageFailure, is SlurmError: ExitStatus.failure
    default: nil
    }
  }

  /// A job file's mistake begins with its place, as a compiler's does, so that editors find it; all else with the program's name.
  static func sentence(for error: any Error) -> String { error is JobFileError ? "\(error)" : "advgan-job: \(error)" }
}

extension FileError {
  /// Whether a file is not what it should be, which has an exit status of its own.
  var isDamage: Bool { kind == .damaged || kind == .unsafe }
}
