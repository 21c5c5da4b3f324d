import IO
import Jobs
import Testing

@testable import AdvGAN

@Suite struct DatasetsSplitPlanTests {
  /// `train` images of each of three classes, mixed, then `test` of each.
  private func inventory(train: Int = 20, test: Int = 4, validation: Int = 0) throws -> Inventory {
    let parts: [(Split, Int)] = [(.train, train), (.validation, validation), (.test, test)]
    let entries = parts.flatMap { split, count in
      (0..<3 * count).map { Inventory.Entry(name: "\(split)-\($0)", split: split, label: ($0 * 7 + $0 / 3) % 3) }
    }
    return try Inventory(classes: ["a", "b", "c"], entries: entries, of: "x.tar")
  }

  private func chosen(_ plan: SplitPlan) -> [Int] {
    plan.places.indices.filter { plan.places[$0]?.split == .validation }
  }

  @Test func keepsWhatTheArchiveSaysWhereNothingIsAsked() throws {
    let inventory = try inventory(validation: 2)
    let plan = try SplitPlan(inventory)
    #expect(plan.places.map { $0?.split } == inventory.entries.map(\.split))
    #expect(plan.counts == [.train: [20, 20, 20], .validation: [2, 2, 2], .test: [4, 4, 4]])
  }

  @Test func validationHasEquallyManyOfEveryClassAndComesFromTrainAlone() throws {
    let inventory = try inventory()
    let plan = try SplitPlan(inventory, validation: .images(15), seed: 3)
    #expect(plan.counts == [.train: [15, 15, 15], .validation: [5, 5, 5], .test: [4, 4, 4]])
    #expect(chosen(plan).allSatisfy { inventory.entries[$0].split == .train })
    for (place, entry) in zip(plan.places, inventory.entries) where entry.split == .test { #expect(place?.split == .test) }
  }

  @Test func numbersEverySplitFromZeroWithoutGaps() throws {
    let plan = try SplitPlan(try inventory(), validation: .images(15), limit: 7)
    for split in Split.allCases {
      let numbers = plan.places.compactMap { $0 }.filter { $0.split == split }.map(\.number)
      #expect(numbers == Array(0..<plan.count(split)))
    }
  }

  @Test func theSeedAloneChoosesTheImages() throws {
    let inventory = try inventory()
    let plan = try SplitPlan(inventory, validation: .images(15), seed: 3)
    #expect(plan == (try SplitPlan(inventory, validation: .images(15), seed: 3)))
    #expect(chosen(plan) != chosen(try SplitPlan(inventory, validation: .images(15), seed: 4)))
    #expect(Set(chosen(plan)) != Set(0..<15))
  }

  @Test func aSmallerValidationIsPartOfALargerOne() throws {
    let inventory = try inventory()
    let small = chosen(try SplitPlan(inventory, validation: .images(6)))
    let large = chosen(try SplitPlan(inventory, validation: .images(12)))
    #expect(Set(small).isSubset(of: large))
  }

  @Test func theLimitCutsTheArchivesSplitsAndLeavesValidationAlone() throws {
    let inventory = try inventory()
    let whole = try SplitPlan(inventory, validation: .images(15))
    let plan = try SplitPlan(inventory, validation: .images(15), limit: 3)
    #expect(plan.counts == [.train: [3, 3, 3], .validation: [5, 5, 5], .test: [3, 3, 3]])
    #expect(chosen(plan) == chosen(whole))
  }

  @Test func aShareIsTakenOfEveryClassAndRoundedDown() throws {
    let plan = try SplitPlan(try inventory(train: 25), validation: .share(0.1))
    #expect(plan.counts == [.train: [23, 23, 23], .validation: [2, 2, 2], .test: [4, 4, 4]])
    #expect(
      message { try SplitPlan(try inventory(train: 4), validation: .share(0.2)) }.hasPrefix(
        "'validation: 0.2' takes no image of 'a', of which 'train' has 4, so that 'validation' would lack the class; "))
  }

  @Test func classesOfVeryDifferentSizesAreRemarkedOn() throws {
    func remarks(_ many: Int) throws -> [String] {
      let entries = (0..<many).map { Inventory.Entry(name: "a/\($0)", split: .train, label: 0) } + [.init(name: "b/0", split: .train, label: 1)]
      return try SplitPlan(Inventory(classes: ["a", "b"], entries: entries, of: "x")).remarks(classes: ["a", "b"])
    }
    #expect(try remarks(10) == [])
    let entries = [Inventory.Entry(name: "a", split: .train, label: 0), .init(name: "b", split: .train, label: 1), .init(name: "c", split: .test, label: 1)]
    #expect(
      try SplitPlan(Inventory(classes: ["a", "b"], entries: entries, of: "x")).remarks(classes: ["a", "b"])
        == ["the split 'test' has no images of 1 of 2 classes, first 'a'"])
    #expect(try remarks(11) == ["the classes of the split 'train' differ much in size: from 1 images of 'b' to 11 of 'a'"])
  }

  @Test func classesThatAreNumbersOutOfOrderAreRemarkedOn() throws {
    func remarks(_ classes: [String]) throws -> [String] {
      let entries = classes.indices.map { Inventory.Entry(name: "\($0)", split: .train, label: $0) }
      return try SplitPlan(Inventory(classes: classes, entries: entries, of: "x")).remarks(classes: classes)
    }
    #expect(try remarks(["1", "10", "2"]).map { $0.prefix(73) } == ["the classes are numbers, but their labels follow the bytes of their names"])
    for fine in [["01", "02", "10"], ["1", "2"], ["1", "10", "2", "cat"]] { #expect(try remarks(fine) == []) }
  }

  @Test func aDroppedImageIsReplacedAndTheOthersKeepTheirSplits() throws {
    let inventory = try inventory()
    let before = try SplitPlan(inventory, validation: .images(6), limit: 5)
    let dropped: Set = [chosen(before)[0], before.places.firstIndex { $0?.split == .train } ?? 0]
    let after = try SplitPlan(inventory, without: dropped, validation: .images(6), limit: 5)
    #expect(after.counts == before.counts)
    for place in before.places.indices where !dropped.contains(place) && before.places[place] != nil {
      #expect(after.places[place] != nil)
    }
    #expect(dropped.allSatisfy { after.places[$0] == nil })
  }

  @Test func saysWhichNumbersSpreadEvenly() throws {
    let inventory = try inventory()
    #expect(
      message { try SplitPlan(inventory, validation: .images(16)) }
        == "'validation: 16' cannot be spread evenly over 3 classes; use 15 or 18")
    #expect(
      message { try SplitPlan(inventory, validation: .images(2)) } == "'validation: 2' cannot be spread evenly over 3 classes; use 3")
  }

  @Test func leavesAtLeastOneTrainingImageOfEveryClass() throws {
    let inventory = try inventory(train: 5)
    #expect(try SplitPlan(inventory, validation: .images(12)).counts[.train] == [1, 1, 1])
    #expect(
      message { try SplitPlan(inventory, validation: .images(15)) }
        == "'validation: 15' needs 5 images of each class and one more to learn from, but 'train' has 5 of 'a'")
  }

  @Test func refusesToMixTheArchivesValidationWithACarvedOne() throws {
    let inventory = try inventory(validation: 2)
    #expect(message { try SplitPlan(inventory, validation: .images(3)) }.contains("the archive brings its own split 'validation'"))
  }
}
