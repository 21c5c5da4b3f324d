import CCrypto
import SystemPackage

/// SHA-256 over bytes that come in pieces, computed by the system's libcrypto.
public struct SHA256: ~Copyable {
  private let context: OpaquePointer

  public init() {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_sha256(), nil) == 1 else {
      preconditionFailure("SHA256.init: libcrypto offers no SHA-256")
    }
    self.context = context
  }

  deinit { EVP_MD_CTX_free(context) }

  /// Adds bytes behind those added before.
  public mutating func update(_ bytes: UnsafeRawBufferPointer) {
    let code = EVP_DigestUpdate(context, bytes.baseAddress, bytes.count)
    precondition(code == 1, "SHA256.update: libcrypto refused \(bytes.count) bytes")
  }

  /// Adds bytes behind those added before.
  public mutating func update(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { update($0) }
  }

  /// The digest of all bytes added.
  public consuming func finalize() -> Digest {
    var bytes = [UInt8](repeating: 0, count: 32)
    let code = EVP_DigestFinal_ex(context, &bytes, nil)
    precondition(code == 1, "SHA256.finalize: libcrypto failed")
    return Digest(bytes: bytes)
  }

  public static func digest(of bytes: [UInt8]) -> Digest {
    var hash = SHA256()
    hash.update(bytes)
    return hash.finalize()
  }

  /// The digest of a file's content.
  public static func digest(ofFile path: FilePath) throws(FileError) -> Digest {
    let file = try InputFile(path)
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: pieceSize)
    while try hash.update(from: file, through: &buffer) > 0 {}
    return hash.finalize()
  }

  /// The same of a file that may be large. `progress` is told after every MiB how many bytes were read, and of how many; what it throws
  /// ends the reading.
  public static func digest(ofFile path: FilePath, progress: (_ done: Int, _ total: Int) throws -> Void) throws -> Digest {
    let file = try InputFile(path)
    var hash = SHA256()
    var buffer = [UInt8](repeating: 0, count: pieceSize)
    var done = 0
    while true {
      let count = try hash.update(from: file, through: &buffer)
      if count == 0 { return hash.finalize() }
      done += count
      try progress(done, file.size)
    }
  }

  private static let pieceSize = 1 << 20

  /// Adds the next piece of a file; returns its size, 0 at the end.
  private mutating func update(from file: InputFile, through buffer: inout [UInt8]) throws(FileError) -> Int {
    let count = try file.read(into: &buffer)
    buffer.withUnsafeBytes { update(UnsafeRawBufferPointer(rebasing: $0.prefix(count))) }
    return count
  }
}
