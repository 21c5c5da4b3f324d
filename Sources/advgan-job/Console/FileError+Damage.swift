import IO

extension FileError {
  /// Whether a file is not what it should be, which has an exit status of its own.
  var isDamage: Bool { kind == .damaged || kind == .unsafe }
}
