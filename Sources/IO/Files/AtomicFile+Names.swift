extension AtomicFile {
  /// The name of the file that a temporary one was to become; nil for any other name. The last mark counts: "a.tmp-b" is a name too, and
  /// its temporary files begin like those of "a".
  public static func name(behind temporary: String) -> String? {
    guard temporary.hasPrefix("."), let mark = temporary.ranges(of: ".tmp-").last else { return nil }
    let numbers = temporary[mark.upperBound...].split(separator: "-", omittingEmptySubsequences: false)
    guard numbers.count == 2, UInt32(numbers[0]) != nil, UInt32(numbers[1], radix: 16) != nil else { return nil }
    let name = String(temporary[..<mark.lowerBound].dropFirst())
    return name.isEmpty ? nil : name
  }
}
