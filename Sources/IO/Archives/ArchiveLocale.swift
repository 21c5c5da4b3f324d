import Glibc

/// The locale in which libarchive can convert names outside ASCII: in the "C" locale it crashes on them.
///
/// It is set for the calling thread and the time of a call only, because the process's own locale belongs to nobody here.
final class ArchiveLocale {
  private let locale: locale_t?

  init() { locale = newlocale(Int32(1) << LC_CTYPE, "C.UTF-8", nil) }

  deinit { if let locale { freelocale(locale) } }

  func use<R, E: Error>(_ body: () throws(E) -> R) throws(E) -> R {
    guard let locale else { return try body() }
    let before = uselocale(locale)
    defer { uselocale(before) }
    return try body()
  }
}
