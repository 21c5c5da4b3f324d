import Testing

@testable import AdvGAN

@Suite struct DatasetsKnownCountsTests {
  @Test func knowsThePapersImagesAndFiftyForEachClass() {
    let known = KnownCounts(classes: Array(151..<294), minimumSide: 256)
    #expect(known.counts == [.train: 180_373, .test: 7_150])
    #expect(known.remarks(on: [.train: 180_373, .test: 7_150]) == [])
    #expect(
      known.remarks(on: [.train: 180_372, .test: 7_150]) == [
        "180372 images came out of ILSVRC2012_img_train.tar, where the complete archive gives 180373: has it changed, or were some broken?"
      ])
  }

  @Test func knowsTheWholeArchiveWhereNoImageIsTooSmall() {
    #expect(KnownCounts(classes: Array(0..<1000), minimumSide: 0).counts == [.train: 1_281_167, .test: 50_000])
    #expect(KnownCounts(classes: Array(0..<1000), minimumSide: 256).counts == [.test: 50_000])
    #expect(KnownCounts(classes: [3, 4], minimumSide: 0).remarks(on: [.train: 7]) == [])
  }
}
