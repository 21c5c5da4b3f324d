import Testing

@testable import AdvGAN

/// A report on ImageNet's 143 classes, and on chosen ones of them.
@Suite struct ReportManyClassesTests {
  static let names = (0..<143).map { "n\(2_085_620 + 157 * $0) breed \($0) of a longer name" }

  /// One co-training with samples of 20 columns, evaluated on 7,150 images.
  static var study: Study {
    var evaluated = ReportFixtures.evaluations[2]
    evaluated.document.models[0].splits = [
      ReportFixtures.split("test", 7150, [(0, 3100), (4, 1200)], classes: names),
      ReportFixtures.split("train", 7150, of: 180_373, [(0, 3300), (4, 1300)], classes: names),
    ]
    return Study(title: "ImageNet-143", evaluations: [evaluated], histories: [ReportFixtures.histories[0]])
  }

  /// The same, measured on the first three classes alone.
  private var chosen: Study {
    var study = Self.study
    let few = Array(Self.names.prefix(3))
    let split = ReportFixtures.split("test", 150, of: 7150, [(0, 60), (4, 24)], classes: few)
    study.evaluations[0].document.classes = few
    study.evaluations[0].document.models[0].splits = [split]
    study.evaluations[0].document.models[0].splits[0].classNames = Self.names
    for point in 0..<2 {
      study.evaluations[0].document.models[0].splits[0].points[point].perClass += (3..<143).map { _ in .init(images: 0, correct: 0) }
    }
    return study
  }

  private func page(_ study: Study) -> String {
    String(decoding: ReportContents(study).files { _ in Array("<svg/>".utf8) }["report.html"] ?? [], as: UTF8.self)
  }

  @Test func longTablesAreFoldedAway() {
    let page = page(Self.study)
    #expect(page.components(separatedBy: "<details><summary>Accuracy of each class").count == 3)
    #expect(page.utf8.count < 400_000)
  }

  @Test func columnsOfSamplesStandUnderTheirClasses() {
    var study = Self.study
    func cells() -> [Substring] { (SampleSection(study: study).words).matches(of: /<span>([^<]*)<\/span>/).map(\.1) }
    #expect(cells().count == 20 && cells().first == Self.names[0][...])
    study.histories[0].sampledClasses = [String(Self.names[7].prefix(8)), Self.names[142]]
    #expect(cells() == [Self.names[7][...], Self.names[142][...]])
    // Names that the evaluation does not know stand as they were given.
    study.histories[0].sampledClasses = ["wolf"]
    #expect(cells() == ["wolf"])
  }

  @Test func chosenClassesAreANoteAndNoWarning() {
    #expect(Summary(study: chosen).warnings == [])
    let note = Summary(study: chosen).notes.first { $0.hasPrefix("Only images of chosen classes") }
    let three = Self.names.prefix(3).joined(separator: ", ")
    #expect(note?.contains("evaluate-cotrain (3: \(three)). These numbers stand for those classes alone") == true)
    #expect(Summary(study: chosen).tables[0].rows[0].cells[2].detail == "of 7\u{202F}150, 3 of 143 classes")
    #expect(!Summary(study: Self.study).notes.contains { $0.contains("chosen classes") })
  }

  @Test func onlyChosenClassesHaveARow() {
    let tables = ClassSection(study: chosen).tables
    #expect(tables.count == 2 && tables.allSatisfy { $0.rows.map(\.name) == Array(Self.names.prefix(3)) })
    #expect(tables[0].notes[0].hasPrefix("With 50 images in the smallest class"))
    #expect(ClassSection(study: Self.study).tables.allSatisfy { $0.rows.count == 143 })
  }

  @Test func anotherChoiceOfClassesIsNotCompared() {
    var study = chosen
    var baseline = study.evaluations[0]
    baseline.stage.name = "base"
    study.evaluations.append(baseline)
    study.baseline = "base"
    let model = study.evaluations[0].document.models[0]
    func isCompared() -> Bool {
      AccuracyTables(study: study).comparison(for: study.evaluations[0], model, "test", Epsilon(onUnitScale: 0)) != nil
    }
    #expect(isCompared())
    study.evaluations[1].document.classes = [Self.names[5]]
    #expect(!isCompared())
    let notes = AccuracyTables(study: study).table(on: "test")?.notes
    #expect(notes?.last?.hasSuffix("attack, data set, classes or number of images are not those of the baseline.") == true)
  }
}
