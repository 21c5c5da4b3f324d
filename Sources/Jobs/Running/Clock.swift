import Foundation

/// Times for people, in UTC, so that a record reads the same everywhere.
public enum Clock {
  /// `2026-05-12 02:58 UTC`, from seconds since 1970.
  public static func minute(_ seconds: Double) -> String { second(seconds).prefix(16) + " UTC" }

  /// `2026-05-12 02:58:07`, in UTC, from seconds since 1970.
  public static func second(_ seconds: Double) -> String {
    let style = Date.ISO8601FormatStyle(timeZone: .gmt).year().month().day().dateTimeSeparator(.space).time(
      includingFractionalSeconds: false)
    return String(Date(timeIntervalSince1970: seconds).formatted(style).prefix(19))
  }

  /// `0.8 s`, `47 s`, `3 min 20 s`, `2 h 5 min`.
  public static func span(_ seconds: Double) -> String {
    guard seconds.isFinite, seconds >= 0 else { return "?" }
    if seconds < 10 { return "\((seconds * 10).rounded() / 10) s" }
    let whole = Int(min(seconds, 1e12).rounded())
    if whole < 60 { return "\(whole) s" }
    if whole < 3600 { return "\(whole / 60) min \(whole % 60) s" }
    return "\(whole / 3600) h \(whole % 3600 / 60) min"
  }
}
