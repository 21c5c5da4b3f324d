import Foundation
import IO

/// The members of a manifest as the lines of its JSON, written and read one by one: of a data set there are hundreds of thousands, which as
/// values of ``JSON`` would fill gigabytes.
enum MemberLines {
  private static let name = Array("\n    {\"name\":".utf8)
  private static let sha256 = Array(",\"sha256\":\"".utf8)
  private static let size = Array("\",\"size\":".utf8)
  private static let quote = UInt8(ascii: "\"")
  private static let comma = UInt8(ascii: ",")
  private static let brace = UInt8(ascii: "}")

  /// What ``JSON/pretty`` writes between the brackets of the list, before the last line's end.
  static func encoded(_ members: [Manifest.Member]) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(members.reduce(0) { $0 + $1.name.utf8.count + 110 })
    for (number, member) in members.enumerated() {
      if number > 0 { bytes.append(comma) }
      bytes += name
      bytes += JSON.string(member.name).canonical.utf8
      bytes += sha256
      bytes += member.sha256.digits
      bytes += size
      bytes += String(member.size).utf8
      bytes.append(brace)
    }
    return bytes
  }

  /// The members; nil where ``encoded(_:)`` writes no such lines. That no other spelling passes is for the caller to check.
  static func parse(_ bytes: ArraySlice<UInt8>) -> [Manifest.Member]? {
    var members: [Manifest.Member] = []
    var rest = Cursor(rest: bytes)
    while !rest.isAtEnd {
      if !members.isEmpty { guard rest.take([comma]) else { return nil } }
      guard rest.take(name), let name = rest.takeText(), rest.take(sha256), let digest = Digest(digits: rest.take(count: 64)),
        rest.take(size), let size = rest.takeWhole(), rest.take([brace])
      else { return nil }
      members.append(Manifest.Member(name: name, size: size, sha256: digest))
    }
    return members
  }

  /// Hands out bytes from the front.
  private struct Cursor {
    private var rest: ArraySlice<UInt8>

    init(rest: ArraySlice<UInt8>) { self.rest = rest }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func take(_ expected: [UInt8]) -> Bool {
      guard rest.starts(with: expected) else { return false }
      rest = rest.dropFirst(expected.count)
      return true
    }

    /// Fewer where there are no more.
    mutating func take(count: Int) -> ArraySlice<UInt8> {
      defer { rest = rest.dropFirst(count) }
      return rest.prefix(count)
    }

    /// A JSON text.
    mutating func takeText() -> String? {
      guard rest.first == quote else { return nil }
      var (end, isPlain) = (rest.startIndex + 1, true)
      while end < rest.endIndex, rest[end] != quote {
        if rest[end] == UInt8(ascii: "\\") { (end, isPlain) = (end + 1, false) }
        end += 1
      }
      guard end < rest.endIndex else { return nil }
      let text = take(count: end + 1 - rest.startIndex)
      if isPlain { return String(validating: text.dropFirst().dropLast(), as: UTF8.self) }
      return (try? JSON(parsing: Array(text)))?.text
    }

    /// A whole number without a sign.
    mutating func takeWhole() -> Int? {
      let digits = rest.prefix { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
      rest = rest.dropFirst(digits.count)
      return Int(String(decoding: digits, as: UTF8.self))
    }
  }
}
