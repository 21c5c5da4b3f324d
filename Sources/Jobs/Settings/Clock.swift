import Glibc

/// Times for people, in UTC, so that a record reads the same everywhere; and a clock for durations, which nobody sets.
public enum Clock {
  /// Seconds since the machine was started, never going back: by them durations are measured, not by dates, for the system's clock may be set meanwhile.
  public static func uptime() -> Double {
    var now = timespec()
    clock_gettime(CLOCK_BOOTTIME, &now)
    return Double(now.tv_sec) + Double(now.tv_nsec) / 1e9
  }

  /// `2026-05-12 02:58 UTC`, from seconds since 1970.
  public static func minute(_ seconds: Double) -> String { isKnown(seconds) ? second(seconds).prefix(16) + " UTC" : unknown }

  /// `2026-05-12 02:58:07`, in UTC, from seconds since 1970.
  public static func second(_ seconds: Double) -> String {
    guard isKnown(seconds) else { return unknown }
    var time = time_t(seconds.rounded(.down))
    var parts = tm()
    gmtime_r(&time, &parts)
    var text = [CChar](repeating: 0, count: 40)
    let count = strftime(&text, text.count, "%Y-%m-%d %H:%M:%S", &parts)
    return String(decoding: text.prefix(count).map { UInt8(bitPattern: $0) }, as: UTF8.self)
  }

  private static let unknown = "an unknown time"

  /// What a note says may be any number; years of four digits are told.
  private static func isKnown(_ seconds: Double) -> Bool { seconds.isFinite && abs(seconds) < 2.5e11 }

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
