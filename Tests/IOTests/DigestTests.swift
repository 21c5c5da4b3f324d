import Foundation
import IO
import Testing

struct DigestTests {
  /// The examples of FIPS 180-2.
  @Test(arguments: [
    ("", "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"),
    ("abc", "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"),
    ("abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq", "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1"),
  ])
  func agreesWithTheStandardsExamples(text: String, hex: String) {
    #expect(SHA256.digest(of: bytes(text)).hex == hex)
  }

  @Test func doesNotDependOnHowTheBytesAreCut() {
    let all = (0..<1000).map { UInt8($0 % 253) }
    var hash = SHA256()
    for start in stride(from: 0, to: 1000, by: 7) { hash.update(Array(all[start..<min(start + 7, 1000)])) }
    #expect(hash.finalize() == SHA256.digest(of: all))
  }

  @Test func digestsAFileLongerThanItsBuffer() throws {
    let folder = try TemporaryFolder()
    let content = [UInt8](repeating: 7, count: 1 << 20) + [1, 2, 3]
    #expect(try SHA256.digest(ofFile: folder.file("long", content)) == SHA256.digest(of: content))
  }

  @Test func saysWhichFileIsMissing() throws {
    let folder = try TemporaryFolder()
    let error = try #require(fileError { try SHA256.digest(ofFile: folder("nothing")) })
    #expect(error.kind == .missing && error.path == folder("nothing"))
  }

  @Test func refusesAFolderAndANamedPipe() throws {
    let folder = try TemporaryFolder()
    #expect(fileError { try SHA256.digest(ofFile: folder.path) }?.kind == .unsupported)
    #expect(mkfifo(folder("pipe").string, 0o600) == 0)
    #expect(fileError { try SHA256.digest(ofFile: folder("pipe")) }?.kind == .unsupported)
  }

  @Test func readsHexadecimalOfEitherCaseAndNothingElse() {
    let hex = "0123456789abcdef0123456789ABCDEF0123456789abcdef0123456789abcdef"
    #expect(Digest(hex: hex)?.hex == hex.lowercased())
    #expect(Digest(hex: hex)?.short == "0123456789ab")
    for wrong in ["", String(hex.dropLast()), hex + "0", "g" + hex.dropFirst(), "é" + hex.dropFirst(2), "+1" + hex.dropFirst(2)] {
      #expect(Digest(hex: wrong) == nil, "\(wrong)")
    }
  }

  @Test func codesAsHexadecimal() throws {
    let digest = SHA256.digest(of: bytes("abc"))
    let json = try JSONEncoder().encode([digest])
    #expect(String(decoding: json, as: UTF8.self) == "[\"\(digest.hex)\"]")
    #expect(try JSONDecoder().decode([Digest].self, from: json) == [digest])
    #expect(throws: DecodingError.self) { try JSONDecoder().decode([Digest].self, from: Data("[\"12\"]".utf8)) }
  }

  @Test func readingForAnMD5TellsHowFarItIsAndCanBeEnded() throws {
    let folder = try TemporaryFolder()
    let path = try folder.file("large", [UInt8](repeating: 0, count: (1 << 20) + 3))
    var told: [[Int]] = []
    #expect(try MD5.hex(ofFile: path) { told.append([$0, $1]) } == MD5.hex(ofFile: path))
    #expect(told == [[1 << 20, (1 << 20) + 3], [(1 << 20) + 3, (1 << 20) + 3]])
    #expect(throws: CancellationError.self) { try MD5.hex(ofFile: path) { _, _ in throw CancellationError() } }
    #expect(try MD5.hex(ofFile: folder.file("empty", [])) == "d41d8cd98f00b204e9800998ecf8427e")
    #expect(fileError { try MD5.hex(ofFile: folder("nothing")) }?.kind == .missing)
  }
}
