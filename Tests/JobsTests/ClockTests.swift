import Testing

@testable import Jobs

@Suite struct ClockTests {
  @Test(arguments: [
    (0, "1970-01-01 00:00:00"), (1_778_554_680.9, "2026-05-12 02:58:00"), (951_782_399, "2000-02-28 23:59:59"),
    (-0.5, "1969-12-31 23:59:59"),
  ])
  func timesAreToldInUTC(seconds: Double, words: String) { #expect(Clock.second(seconds) == words) }

  @Test(arguments: [Double.nan, .infinity, -1e300, 1e12])
  func timesThatNobodyMeansAreToldAsUnknown(seconds: Double) {
    #expect(Clock.second(seconds) == "an unknown time" && Clock.minute(seconds) == "an unknown time")
  }

  @Test func aMinuteNamesItsZone() { #expect(Clock.minute(1_778_554_680) == "2026-05-12 02:58 UTC") }
}
