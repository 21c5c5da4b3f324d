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

  /// From a few lines of Python with the ends of Wilson's interval as roots of a quadratic; the first three pairs are
  /// among the worked examples of Newcombe's paper.
  @Test(arguments: [
    (Proportion(correct: 56, total: 70), Proportion(correct: 48, total: 80), 0.0524314724023649, 0.3338726540369059),
    (Proportion(correct: 9, total: 10), Proportion(correct: 3, total: 10), 0.17052272393450302, 0.809017973535488),
    (Proportion(correct: 10, total: 10), Proportion(correct: 0, total: 20), 0.6790860371419147, 1),
    (Proportion(correct: 0, total: 1000), Proportion(correct: 4, total: 1000), -0.010239556277262248, 0.0005403019747986871),
    (Proportion(correct: 0, total: 10), Proportion(correct: 0, total: 10), -0.27753279986288915, 0.27753279986288915),
    (Proportion(correct: 198, total: 1000), Proportion(correct: 146, total: 1000), 0.018933309870766177, 0.08499842329737688),
  ])
  func intervalOfADifferenceIsNewcombes(one: Proportion, other: Proportion, low: Double, high: Double) {
    let interval = ProportionDifference(one, minus: other).interval
    #expect(abs(interval.lowerBound - low) < 1e-12)
    #expect(abs(interval.upperBound - high) < 1e-12)
    let turned = ProportionDifference(other, minus: one).interval
    #expect(abs(turned.lowerBound + high) < 1e-12)
    #expect(abs(turned.upperBound + low) < 1e-12)
  }

  /// 4 of 1000 against none is what Wald's interval calls a difference.
  @Test(arguments: [(0, 4, false), (0, 0, false), (1000, 1000, false), (340, 340, false), (0, 6, true), (198, 146, true), (146, 198, true)])
  func aDifferenceIsBeyondChanceOnlyWhereItsIntervalLeavesOutZero(one: Int, other: Int, isBeyond: Bool) {
    let difference = ProportionDifference(Proportion(correct: one, total: 1000), minus: Proportion(correct: other, total: 1000))
    #expect(difference.isBeyondChance == isBeyond)
  }

  @Test func withoutImagesEveryDifferenceIsPossible() {
    let none = Proportion(correct: 0, total: 0)
    #expect(ProportionDifference(none, minus: Proportion(correct: 5, total: 10)).interval == -1...1)
    #expect(!ProportionDifference(Proportion(correct: 5, total: 10), minus: none).isBeyondChance)
  }

  @Test func noImagesLeaveEverythingPossible() {
    #expect(Proportion(correct: 0, total: 0).interval == 0...1)
  }

  @Test func sizesReadWithRoundingErrorsAreTheSame() {
    #expect(Epsilon.reported(0.0313725) == Epsilon.reported(8.0 / 255))
    #expect(Epsilon.reported(0.0314) != Epsilon.reported(8.0 / 255))
  }

  @Test(arguments: [(0, "clean", "0"), (8.0 / 255, "8/255", "0.0627"), (0.01, "2.55/255", "0.0200"), (0.02 / 4, "1.275/255", "0.0100")])
  func sizesAreWrittenOnBothScales(epsilon: Double, words: String, paper: String) {
    #expect(Epsilon.reported(epsilon).words == words)
    #expect(Epsilon.reported(epsilon).paperWords == paper)
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

  @Test(arguments: [(0.0627, 0.02), (0.2, 0.05), (1, 0.2), (0.0157, 0.005), (0, 1)])
  func axisStepsAreRoundAndGiveAtMostFiveParts(length: Double, step: Double) {
    #expect(abs(Plot.step(for: length) - step) < 1e-12)
  }
}
