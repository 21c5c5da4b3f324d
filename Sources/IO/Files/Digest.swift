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
