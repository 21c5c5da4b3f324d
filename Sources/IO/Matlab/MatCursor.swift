import SystemPackage

/// Reads the elements of a MATLAB file one after the other: a tag of kind and size, the content, and zeros up to the next multiple of
/// 8 bytes. Contents of at most 4 bytes may lie in the tag itself.
struct MatCursor {
  /// Kinds by their numbers in the file.
  enum Kind: UInt32 {
    case int8 = 1
    case uint8, int16, uint16, int32, uint32, single
    case double = 9
    case int64 = 12
    case uint64, matrix, compressed, utf8, utf16, utf32
  }

  struct Element {
    let kind: Kind
    /// Of the content, in `bytes`.
    let range: Range<Int>
  }

  let bytes: [UInt8]
  let path: FilePath
  /// What `bytes` are where they are not the file's.
  let inside: String?
  private var position: Int
  private let end: Int

  /// - Parameter range: within `bytes`.
  init(_ bytes: [UInt8], _ range: Range<Int>, _ path: FilePath, inside: String?) {
    (self.bytes, self.path, self.inside) = (bytes, path, inside)
    position = range.lowerBound
    end = range.upperBound
  }

  var isAtEnd: Bool { position == end }

  private var rest: Int { end - position }

  mutating func next() throws(FileError) -> Element {
    guard rest >= 8 else { throw damage("a tag of 8 bytes", "the end") }
    let (word, start) = (number(at: position), position)
    guard let kind = Kind(rawValue: word & 0xFFFF) else { throw damage("a known kind of element", "number \(word & 0xFFFF)") }
    if word >> 16 > 0 {
      guard word >> 16 <= 4 else { throw damage("at most 4 bytes in a tag", "\(word >> 16)") }
      position += 8
      return Element(kind: kind, range: start + 4..<start + 4 + Int(word >> 16))
    }
    let size = Int(number(at: position + 4))
    // What is packed is not filled up, nor need anything behind it begin at a multiple of 8 bytes.
    let filling = kind == .compressed ? 0 : (8 - size % 8) % 8
    guard size + filling <= rest - 8 else { throw damage("\(size + filling) bytes of content", "\(rest - 8)") }
    position += 8 + size + filling
    return Element(kind: kind, range: start + 8..<start + 8 + size)
  }

  /// The next element, which must be of this kind.
  mutating func next(_ kind: Kind) throws(FileError) -> Range<Int> {
    let here = self
    let element = try next()
    guard element.kind == kind else { throw here.damage("an element of kind \(kind)", "\(element.kind)") }
    return element.range
  }

  /// The elements that an element is made of.
  func inner(_ element: Element) -> MatCursor { MatCursor(bytes, element.range, path, inside: inside) }

  /// The 32-bit number at a place of `bytes`.
  func number(at index: Int) -> UInt32 { bytes[index..<index + 4].reversed().reduce(0) { $0 << 8 | UInt32($1) } }

  func damage(_ expected: String, _ found: String) -> FileError {
    let place = inside.map { "byte \(position) of \($0)" } ?? "byte \(position)"
    return FileError(.damaged, path, at: place, expected: expected, found: found, advice: "fetch the file again")
  }
}

extension MatCursor {
  /// The next element as numbers, which may be written in fewer bytes than their class has.
  mutating func numbers(_ count: Int) throws(FileError) -> [Double] {
    let here = self
    let element = try next()
    guard let size = element.kind.size else { throw here.damage("numbers", "\(element.kind)") }
    let (found, rest) = element.range.count.quotientAndRemainder(dividingBy: size)
    guard found == count, rest == 0 else { throw here.damage("\(count) numbers of \(size) bytes", "\(element.range.count) bytes") }
    return stride(from: element.range.lowerBound, to: element.range.upperBound, by: size).map { index in
      let bits = bytes[index..<index + size].reversed().reduce(UInt64(0)) { $0 << 8 | UInt64($1) }
      return element.kind.number(bits)
    }
  }

  /// The next element as text of `count` characters as MATLAB counts them: units of UTF-16, in UTF-8 bytes or characters.
  mutating func text(_ count: Int) throws(FileError) -> String {
    if isAtEnd && count == 0 { return "" }
    let here = self
    let element = try next()
    guard let text = string(element) else { throw here.damage("text in UTF-8 or UTF-16", "bytes of kind \(element.kind) that are none") }
    guard [text.utf16.count, text.utf8.count, text.unicodeScalars.count].contains(count) else {
      throw here.damage("a text of \(count) characters", "\(text.utf16.count)")
    }
    return text
  }

  private func string(_ element: Element) -> String? {
    let range = element.range
    switch element.kind {
    case .utf8, .int8, .uint8: return String(validating: bytes[range], as: UTF8.self)
    case .utf16, .uint16:
      guard range.count % 2 == 0 else { return nil }
      let units = stride(from: range.lowerBound, to: range.upperBound, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
      return String(validating: units, as: UTF16.self)
    default: return nil
    }
  }
}

extension MatCursor.Kind {
  /// Bytes a number; `nil` for what holds no numbers.
  fileprivate var size: Int? {
    switch self {
    case .int8, .uint8: 1
    case .int16, .uint16: 2
    case .int32, .uint32, .single: 4
    case .double, .int64, .uint64: 8
    case .matrix, .compressed, .utf8, .utf16, .utf32: nil
    }
  }

  /// What these bits mean; those above `size` bytes are 0.
  fileprivate func number(_ bits: UInt64) -> Double {
    switch self {
    case .int8: Double(Int8(truncatingIfNeeded: bits))
    case .int16: Double(Int16(truncatingIfNeeded: bits))
    case .int32: Double(Int32(truncatingIfNeeded: bits))
    case .int64: Double(Int64(bitPattern: bits))
    case .single: Double(Float(bitPattern: UInt32(truncatingIfNeeded: bits)))
    case .double: Double(bitPattern: bits)
    default: Double(bits)
    }
  }
}
