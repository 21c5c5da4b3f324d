import Testing

@testable import IO

struct GzipChecksumTests {
  /// `printf 'hello hello hello, gzip' | gzip -n`
  private let packed = try? bytes(base64: "H4sIAAAAAAAAA8tIzcnJV8hAkDoK6VWZBQDpbKHQFwAAAA==")

  private func error(of bytes: [UInt8]) throws -> FileError? {
    let folder = try TemporaryFolder()
    let path = try folder.file("x.gz", bytes)
    return fileError { try GzipChecksum.verify(path) }
  }

  @Test func everyFlippedBitOfContentsAndChecksumIsNoticed() throws {
    let packed = try #require(packed)
    #expect(try error(of: packed) == nil)
    for index in 10..<packed.count {
      for bit in 0..<8 {
        var altered = packed
        altered[index] ^= 1 << bit
        // The last byte before checksum and length has bits that mean nothing.
        if index == packed.count - 9 && bit > 0 { continue }
        #expect(try error(of: altered)?.kind == .damaged, "byte \(index), bit \(bit)")
      }
    }
  }

  @Test func everyPrefixIsNoticed() throws {
    let packed = try #require(packed)
    for length in 2..<packed.count { #expect(try error(of: Array(packed.prefix(length)))?.kind == .damaged) }
  }

  @Test func severalBehindEachOtherAndZerosAreWhole() throws {
    let packed = try #require(packed)
    #expect(try error(of: packed + packed + [0, 0, 0]) == nil)
    #expect(try error(of: packed + packed.dropLast()) != nil)
    #expect(try error(of: packed + [7]) != nil)
  }

  @Test func whatIsNoGzipFileIsLeftAlone() throws {
    #expect(try error(of: []) == nil)
    #expect(try error(of: [0x1F]) == nil)
    #expect(try error(of: Array("a text".utf8)) == nil)
  }
}
