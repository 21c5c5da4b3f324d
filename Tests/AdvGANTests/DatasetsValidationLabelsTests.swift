import Foundation
import IO
import Testing

@testable import AdvGAN

@Suite struct DatasetsValidationLabelsTests {
  let scratch: ScratchFolder
  private let names = (0..<4).map(ImageNetFixture.valName)
  /// Chihuahua, sea lion, cheetah, brown bear.
  private let expected = [151, 150, 293, 294]

  init() throws { scratch = try ScratchFolder() }

  private func indices(_ text: String, file: String = "labels.txt") throws -> [Int] {
    let path = try scratch.file(file, Array(text.utf8))
    return try ValidationLabels(path, of: .imageNet).indices(of: names, in: "val.tar")
  }

  @Test func readsWNIDsAndNumbersInOrderOfTheImages() throws {
    #expect(try indices("n02085620\nn02077923\nn02130308\nn02132136\n") == expected)
    #expect(try indices("151\r\n150\r\n293\r\n294") == expected)
  }

  @Test func readsLabelsBehindNamesInAnyOrder() throws {
    #expect(
      try indices(
        "ILSVRC2012_val_00000004.JPEG 294\nILSVRC2012_val_00000001.JPEG n02085620\nILSVRC2012_val_00000003 293\nILSVRC2012_val_00000002.JPEG\t150"
      ) == expected)
  }

  @Test func readsKagglesTable() throws {
    let table = """
      ImageId,PredictionString
      ILSVRC2012_val_00000003,n02130308 6 7 8 9
      ILSVRC2012_val_00000001,n02085620 111 108 311 258 n02085620 1 2 3 4
      ILSVRC2012_val_00000002,n02077923 1 2 3 4
      ILSVRC2012_val_00000004,n02132136 1 2 3 4
      """
    #expect(try indices(table, file: "LOC_val_solution.csv") == expected)
  }

  @Test func refusesIdsWhoseMeaningTheFileDoesNotTell() throws {
    #expect(
      message { try indices("1\n2\n3\n4", file: "ILSVRC2012_validation_ground_truth.txt") }.contains("give the development kit itself"))
    #expect(message { try indices("1\n1000\n3\n4") }.contains("are these ILSVRC ids?"))
  }

  @Test(arguments: [
    ("n02085620\nn00000000\n3\n4", "line 2"), ("1\n2\nthree\n4", "line 3"), ("1\n2\n3\n-4", "line 4"),
    ("1\n2\nILSVRC2012_val_00000003.JPEG 3\n4", "on all lines or on none"), ("", "on all lines or on none"),
    ("x 1\nx 2\nx 3\nx 4\n", "line 2"),
  ])
  func saysWhichLineIsNoLabel(_ text: String, _ words: String) {
    #expect(message { try indices(text) }.contains(words))
  }

  @Test func labelsAndImagesMustBeEquallyMany() {
    #expect(message { try indices("1\n2\n3") }.contains("expected 3 images, as many as"))
    #expect(
      message { try indices("a 1\nILSVRC2012_val_00000002 2\nILSVRC2012_val_00000003 2\nILSVRC2012_val_00000004 2") }
        .contains("expected a label for 'ILSVRC2012_val_00000001.JPEG' alone"))
  }

  @Test func everyPrefixAndEveryFlippedByteGivesTheLabelsOrSaysThatTheFileIsDamaged() throws {
    let whole = "ImageId,PredictionString\nILSVRC2012_val_00000003,n02130308 6 7\nILSVRC2012_val_00000001,n02085620 1\n"
    let images = [names[0], names[2]]
    func labels(_ bytes: some Sequence<UInt8>) throws -> Result<[Int], FileError> {
      let path = try scratch.file("labels.csv", Array(bytes))
      return try fileResult { try ValidationLabels(path, of: .imageNet).indices(of: images, in: "val.tar") }
    }
    let enough = try #require(whole.range(of: "n02085620")).upperBound.utf16Offset(in: whole)
    for length in 0...whole.utf8.count {
      let found = try labels(whole.utf8.prefix(length))
      #expect(found.labels == (length < enough ? nil : [151, 293]), "of \(length) bytes")
      #expect(found.kind == (length < enough ? .damaged : nil), "of \(length) bytes")
    }
    var refused = 0
    for index in whole.utf8.indices {
      var bytes = Array(whole.utf8)
      bytes[index.utf16Offset(in: whole)] ^= 0x55
      let found = try labels(bytes)
      #expect(found.labels == [151, 293] || found.kind == .damaged, "byte \(index.utf16Offset(in: whole))")
      if found.kind != nil { refused += 1 }
    }
    // All but most of the head line and what follows the first number of an image.
    #expect(refused > whole.utf8.count / 2 && refused < whole.utf8.count)
  }
}

extension Result where Success == [Int], Failure == FileError {
  fileprivate var labels: [Int]? { try? get() }
  fileprivate var kind: FileError.Kind? { if case .failure(let error) = self { error.kind } else { nil } }
}
