import CCrypto
import SystemPackage

/// MD5, by the system's libcrypto: broken as a signature, yet what some archives are published with.
public enum MD5 {
  /// The file's checksum as 32 hexadecimal digits, read in pieces of 1 MiB.
  public static func hex(ofFile path: FilePath) throws(FileError) -> String {
    guard let context = EVP_MD_CTX_new(), EVP_DigestInit_ex(context, EVP_md5(), nil) == 1 else {
      throw FileError(.unsupported, path, found: "no MD5 in this system's libcrypto", advice: "give a 'sha256' in its place")
    }
    defer { EVP_MD_CTX_free(context) }
    do {
      let file = try FileDescriptor.open(path, .readOnly, options: [.closeOnExec])
      try file.closeAfter {
        let piece = UnsafeMutableRawBufferPointer.allocate(byteCount: 1 << 20, alignment: 16)
        defer { piece.deallocate() }
        while true {
          let count = try file.read(into: piece)
          if count == 0 { return }
          EVP_DigestUpdate(context, piece.baseAddress, count)
        }
      }
    } catch {
      throw FileError((error as? Errno) ?? .ioError, path, while: "reading it for its MD5")
    }
    var bytes = [UInt8](repeating: 0, count: 16)
    EVP_DigestFinal_ex(context, &bytes, nil)
    return bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
  }
}
