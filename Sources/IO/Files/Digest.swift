import CCrypto
import SystemPackage

/// A SHA-256 digest: 32 bytes, written and coded as 64 lower-case hexadecimal digits.
public struct Digest: Hashable, Sendable, Codable, CustomStringConvertible {
  /// The 32 bytes, first byte first.
  public let bytes: [UInt8]

  /// Wraps exactly 32 bytes.
  init(bytes: [UInt8]) {
    precondition(bytes.count == 32, "Digest: 32 bytes needed, got \(bytes.count)")
    self.bytes = bytes
  }

  /// Reads 64 hexadecimal digits of either case; `nil` for anything else.
  public init?(hex: String) { self.init(digits: Array(hex.utf8)[...]) }

  /// The same from ASCII.
  public init?(digits: ArraySlice<UInt8>) {
    guard digits.count == 64 else { return nil }
    var bytes: [UInt8] = []
    bytes.reserveCapacity(32)
    for index in stride(from: digits.startIndex, to: digits.endIndex, by: 2) {
      guard let high = Digest.value(of: digits[index]), let low = Digest.value(of: digits[index + 1]) else { return nil }
      bytes.append(high << 4 | low)
    }
    self.bytes = bytes
  }

  /// All 64 digits, lower case.
  public var hex: String { String(decoding: digits, as: UTF8.self) }

  /// The same as ASCII.
  public var digits: [UInt8] {
    [UInt8](unsafeUninitializedCapacity: 64) { digits, count in
      for (index, byte) in bytes.enumerated() {
        digits[2 * index] = Digest.digit(byte >> 4)
        digits[2 * index + 1] = Digest.digit(byte & 15)
      }
      count = 64
    }
  }

  /// The first 12 digits, for people.
  public var short: String { String(hex.prefix(12)) }

  public var description: String { hex }

  public init(from decoder: any Decoder) throws {
    let container = try decoder.singleValueContainer()
    let text = try container.decode(String.self)
    guard let digest = Digest(hex: text) else {
      throw DecodingError.dataCorruptedError(in: container, debugDescription: "expected 64 hexadecimal digits, found '\(text)'")
    }
    self = digest
  }

  public func encode(to encoder: any Encoder) throws {
    var container = encoder.singleValueContainer()
    try container.encode(hex)
  }

  private static func digit(_ value: UInt8) -> UInt8 { value + (value < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10) }

  private static func value(of digit: UInt8) -> UInt8? {
    switch digit {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): digit - UInt8(ascii: "0")
    case UInt8(ascii: "a")...UInt8(ascii: "f"): digit - UInt8(ascii: "a") + 10
    case UInt8(ascii: "A")...UInt8(ascii: "F"): digit - UInt8(ascii: "A") + 10
    default: nil
    }
  }
}

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
  public mutating func update(_ bytes: [UInt8]) { bytes.withUnsafeBytes { update($0) } }

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

/// MD5, by the system's libcrypto: broken as a signature, yet what some archives are published with.
public enum MD5 {
  /// The file's checksum as 32 hexadecimal digits, read in pieces of 1 MiB.
  /// - Parameter progress: is told after every piece how many bytes were read, and of how many; what it throws ends the reading.
  /// - Throws: ``FileError``; what `progress` throws.
  public static func hex(ofFile path: FilePath, progress: (_ done: Int, _ total: Int) throws -> Void = { _, _ in }) throws -> String {
    guard let context = EVP_MD_CTX_new() else { preconditionFailure("MD5.hex: no memory for libcrypto") }
    defer { EVP_MD_CTX_free(context) }
    guard EVP_DigestInit_ex(context, EVP_md5(), nil) == 1 else {
      throw FileError(.unsupported, path, found: "no MD5 in this system's libcrypto", advice: "give a 'sha256' in its place")
    }
    let file = try InputFile(path)
    var buffer = [UInt8](repeating: 0, count: 1 << 20)
    var done = 0
    while true {
      let count = try file.read(into: &buffer)
      if count == 0 { break }
      EVP_DigestUpdate(context, buffer, count)
      done += count
      try progress(done, file.size)
    }
    var bytes = [UInt8](repeating: 0, count: 16)
    EVP_DigestFinal_ex(context, &bytes, nil)
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
