import CCrypto
import SystemPackage

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
