import AdvGAN
import Testing

/// Sizes of perturbations say which scale they are on.
@Suite struct AttackSizeTests {
  @Test func thePapersScaleIsTwiceAsLarge() {
    #expect(Epsilon(onUnitScale: 8.0 / 255).onPaperScale == 16.0 / 255)
  }

  @Test(arguments: [(0.0, "0"), (8.0 / 255, "8/255"), (0.5 / 255, "0.5/255"), (0.07, "0.07"), (1.0, "1")])
  func sizesReadAs255thsWhereThatIsShort(_ size: Double, _ text: String) {
    #expect(Epsilon(onUnitScale: size).text == text)
  }

  @Test(arguments: ["8/255", "16/510", "0.03137254901960784", "8.0/255"])
  func aSizeIsOneValueHoweverItIsWritten(_ text: String) throws {
    let size = try #require(Epsilon(parsing: text))
    #expect(size.onUnitScale == 8.0 / 255 && size.text == "8/255")
  }

  @Test(arguments: [("0.5/255", 0.5 / 255, "0.5/255"), ("1/10", 0.1, "0.1"), ("51/255", 0.2, "0.2"), ("0.03", 0.03, "0.03")])
  func aSizeHasTheShorterSpelling(_ text: String, _ value: Double, _ spelling: String) throws {
    let size = try #require(Epsilon(parsing: text))
    #expect(size.onUnitScale == value && size.text == spelling)
  }

  @Test func sizesAreOrdered() {
    #expect([4, 0, 8, 2].map { Epsilon.levels($0) }.sorted() == [0, 2, 4, 8].map { .levels($0) })
  }

  @Test(arguments: ["8/255", "0.07", "0", "1"])
  func whatIsReadIsWritten(_ text: String) throws { #expect(try #require(Epsilon(parsing: text)).text == text) }

  @Test(arguments: ["", "8", "-1/255", "1.01", "8/0", "nan", "inf", "eight", "8/-255", "1/2/3", "x/255", "0x1", "1e400", "/"])
  func whatIsNoSizeOnTheUnitScaleIsRefused(_ text: String) { #expect(Epsilon(parsing: text) == nil) }
}
