import Testing

@testable import AdvGAN

@Suite struct DatasetsClassSelectionTests {
  private func indices(_ text: String) throws -> [Int] { try ClassSelection(text, of: .imageNet).indices }

  @Test func theTableHasTheThousandClassesInOrderOfTheirNames() {
    let all = Synsets.imageNet.all
    #expect(all.count == 1000 && Set(all.map(\.wnid)).count == 1000)
    #expect(all.map(\.wnid) == all.map(\.wnid).sorted())
    #expect(all.allSatisfy { $0.wnid.wholeMatch(of: /n\d{8}/) != nil && !$0.words.isEmpty })
    #expect(all[151].className == "n02085620 Chihuahua" && all[293].wnid == "n02130308" && all[0].words == "tench")
    #expect(all[281].words == "tabby" && Synsets.imageNet.index(of: "n02123045") == 281)
  }

  @Test func takesRangesNumbersAndNames() throws {
    #expect(try indices("151..<294") == Array(151..<294))
    #expect(try indices("151...293") == Array(151..<294))
    #expect(try indices("7") == [7])
    #expect(try indices("n02085620") == [151])
    #expect(try indices("9, 3...5 ,n02085620,4") == [3, 4, 5, 9, 151])
  }

  @Test func oneSelectionHasOneSpelling() throws {
    #expect(try ClassSelection("n02085620,152...293, 7", of: .imageNet).words == "7, 151..<294")
    #expect(try ClassSelection("151..<294", of: .imageNet).words == "151..<294")
  }

  @Test(arguments: [
    "", "151..294", "294..<151", "5..<5", "0..<1001", "-1", "1000", "n00000000", "1,,2", "1..<2..<3", "0...9223372036854775807",
    "-9223372036854775808..<0", "-1...9223372036854775807", "-9223372036854775808..<1", "0..<9223372036854775807",
  ])
  func refusesWhatIsNoSelection(_ text: String) {
    #expect(message { try indices(text) }.contains("'classes' must be ranges such as 151..<294"))
  }
}
