import Testing

@testable import AdvGAN

@Suite struct ReportNumbersTests {
  @Test(arguments: [
    (340, 1000, 0.31130188230514194, 0.36992268041023574), (0, 10, 0, 0.2775327998628892), (10, 10, 0.7224672001371107, 1),
    (50, 100, 0.4038315303659956, 0.5961684696340044),
  ])
  func intervalIsWilsons(correct: Int, total: Int, low: Double, high: Double) {
    let interval = Proportion(correct: correct, total: total).interval
    #expect(abs(interval.lowerBound - low) < 1e-12)
    #expect(abs(interval.upperBound - high) < 1e-12)
  }

  @Test func standardErrorIsBinomial() {
    #expect(abs(Proportion(correct: 200, total: 1000).standardError - 0.012649110640673518) < 1e-15)
  }

  @Test func uncertaintyOfADifferenceJoinsBothStandardErrors() {
    let one = Proportion(correct: 200, total: 1000)
    let other = Proportion(correct: 90, total: 300)
    let expected = 1.959963984540054 * (0.2 * 0.8 / 1000 + 0.3 * 0.7 / 300).squareRoot()
    #expect(abs(one.uncertaintyOfDifference(to: other) - expected) < 1e-15)
  }

  @Test func noPicturesLeaveEverythingPossible() {
    #expect(Proportion(correct: 0, total: 0).interval == 0...1)
  }

  @Test func sizesReadWithRoundingErrorsAreTheSame() {
    #expect(PerturbationSize.reported(0.0313725) == PerturbationSize.reported(8.0 / 255))
    #expect(PerturbationSize.reported(0.0314) != PerturbationSize.reported(8.0 / 255))
  }

  @Test(arguments: [(0, "clean", "0"), (8.0 / 255, "8/255", "0.0627"), (0.01, "2.55/255", "0.0200"), (0.02 / 4, "1.275/255", "0.0100")])
  func sizesAreWrittenOnBothScales(epsilon: Double, words: String, paper: String) {
    #expect(PerturbationSize.reported(epsilon).words == words)
    #expect(PerturbationSize.reported(epsilon).paperWords == paper)
  }

  @Test func numbersHaveOneSpelling() {
    #expect(Decimals.percent(0.5743) == "57.43\u{A0}%")
    #expect(Decimals.signed(3.69, 2) == "+3.69")
    #expect(Decimals.signed(-0.35, 2) == "-0.35")
    #expect(Decimals.signed(-0.001, 2) == "+0.00")
    #expect(Decimals.exact(50) == "50")
    #expect(Decimals.exact(0.1) == "0.1")
    #expect(Decimals.count(50_000) == "50\u{202F}000")
    #expect(Decimals.count(-1_234_567) == "-1\u{202F}234\u{202F}567")
    #expect(Decimals.count(999) == "999")
  }

  @Test(arguments: [(9.94, "9.9 s"), (47.2, "47 s"), (725, "12 min 5 s"), (23_460, "6 h 31 min"), (-1, "0.0 s")])
  func durationsAreWrittenForPeople(seconds: Double, words: String) {
    #expect(RunTimes.words(seconds: seconds) == words)
  }

  @Test(arguments: [(0.0627, 0.02), (0.2, 0.05), (1, 0.2), (0.0157, 0.005), (0, 1)])
  func axisStepsAreRoundAndGiveAtMostFiveParts(length: Double, step: Double) {
    #expect(abs(Plot.step(for: length) - step) < 1e-12)
  }
}
