import SystemPackage

/// Reads the part of JSON that safetensors headers use: objects, strings, arrays of whole numbers that are not negative.
///
/// Own code because the libraries at hand let a key come twice, and the last one wins: two readers of one file would then differ.
struct JSONReader {
  let path: FilePath
  /// What is being read, for messages; else the byte is named.
  var place: String?
  private let bytes: [UInt8]
  private let end: Int
  private var position: Int

  init(bytes: [UInt8], range: Range<Int>, path: FilePath) {
    (self.bytes, self.path) = (bytes, path)
    position = range.lowerBound
    end = range.upperBound
  }

  /// Reads an object; `member` reads each value.
  mutating func object(_ member: (inout JSONReader, String) throws(FileError) -> Void) throws(FileError) {
    try expect("{")
    if accept("}") { return }
    repeat {
      let key = try string()
      try expect(":")
      try member(&self, key)
    } while accept(",")
    try expect("}")
  }

  mutating func integers() throws(FileError) -> [Int] {
    try expect("[")
    if accept("]") { return [] }
    var integers: [Int] = []
    repeat { integers.append(try integer()) } while accept(",")
    try expect("]")
    return integers
  }

  mutating func string() throws(FileError) -> String {
    try expect("\"")
    var text: [UInt8] = []
    while let byte = take() {
      switch byte {
      case UInt8(ascii: "\""):
        guard let string = String(validating: text, as: UTF8.self) else { throw error("UTF-8", "other bytes") }
        return string
      case UInt8(ascii: "\\"): text += try escape()
      case 0..<0x20: throw error("a string", "a control character")
      default: text.append(byte)
      }
    }
    throw error("the end of a string", "the end of the header")
  }

  /// Nothing but spaces may be left.
  mutating func finish() throws(FileError) {
    while let byte = take() {
      guard byte == UInt8(ascii: " ") else { throw error("spaces behind the header", "byte \(byte)") }
    }
  }

  func error(_ expected: String, _ found: String) -> FileError {
    FileError(.damaged, path, at: place ?? "byte \(position)", expected: expected, found: found, advice: "fetch or make the file again")
  }

  private mutating func integer() throws(FileError) -> Int {
    skipSpace()
    var value: Int?
    while let byte = peek(), (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) {
      let (tens, overflow) = (value ?? 0).multipliedReportingOverflow(by: 10)
      let (sum, carry) = tens.addingReportingOverflow(Int(byte - UInt8(ascii: "0")))
      guard value != 0, !overflow, !carry else { throw error("a whole number up to \(Int.max)", "more digits") }
      value = sum
      position += 1
    }
    guard let value else { throw error("a whole number", found()) }
    return value
  }

  private mutating func escape() throws(FileError) -> [UInt8] {
    guard let byte = take() else { throw error("an escape", "the end of the header") }
    switch byte {
    case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return [byte]
    case UInt8(ascii: "b"): return [8]
    case UInt8(ascii: "f"): return [12]
    case UInt8(ascii: "n"): return [10]
    case UInt8(ascii: "r"): return [13]
    case UInt8(ascii: "t"): return [9]
    case UInt8(ascii: "u"): return try unicodeEscape()
    default: throw error("an escape", "'\\' and byte \(byte)")
    }
  }

  private mutating func unicodeEscape() throws(FileError) -> [UInt8] {
    var value = try hexadecimal()
    if (0xD800..<0xDC00).contains(value) {
      guard take() == UInt8(ascii: "\\"), take() == UInt8(ascii: "u") else { throw error("a pair of surrogates", "one") }
      let low = try hexadecimal()
      guard (0xDC00..<0xE000).contains(low) else { throw error("a pair of surrogates", "one") }
      value = 0x10000 + (value - 0xD800) << 10 + (low - 0xDC00)
    }
    guard let scalar = Unicode.Scalar(value) else { throw error("a pair of surrogates", "one") }
    return Array(String(scalar).utf8)
  }

  private mutating func hexadecimal() throws(FileError) -> UInt32 {
    var value: UInt32 = 0
    for _ in 0..<4 {
      guard let byte = take(), let digit = Character(Unicode.Scalar(byte)).hexDigitValue else {
        throw error("four hexadecimal digits", found())
      }
      value = value << 4 | UInt32(digit)
    }
    return value
  }

  private mutating func expect(_ character: Unicode.Scalar) throws(FileError) {
    guard accept(character) else { throw error("'\(character)'", found()) }
  }

  private mutating func accept(_ character: Unicode.Scalar) -> Bool {
    skipSpace()
    guard peek() == UInt8(ascii: character) else { return false }
    position += 1
    return true
  }

  private mutating func skipSpace() {
    while let byte = peek(), byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
  }

  private func peek() -> UInt8? { position < end ? bytes[position] : nil }

  private mutating func take() -> UInt8? {
    guard let byte = peek() else { return nil }
    position += 1
    return byte
  }

  private func found() -> String { peek().map { "byte \($0)" } ?? "the end of the header" }
}
