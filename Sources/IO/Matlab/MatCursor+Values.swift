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
