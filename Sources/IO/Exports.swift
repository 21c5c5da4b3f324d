// Paths are `FilePath` everywhere above this floor too.
@_exported import SystemPackage

extension [UInt8] {
  /// `withUnsafeBytes` that keeps the type of the error.
  func withRawBytes<R, E: Error>(_ body: (UnsafeRawBufferPointer) throws(E) -> R) throws(E) -> R {
    try withUnsafeBufferPointer { (bytes) throws(E) -> R in try body(UnsafeRawBufferPointer(bytes)) }
  }
}
