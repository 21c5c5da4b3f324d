import Jobs
import Testing

@testable import AdvGAN

/// The page as a whole: safe, self-contained, honest about what is missing.
@Suite struct ReportPageTests {
  /// A drawing that needs no gnuplot.
  private static func stub(_ plot: Plot) -> [UInt8] { Array("<svg>\(plot.name)</svg>".utf8) }

  private func files(_ study: Study) -> [String: [UInt8]] { ReportContents(study).files(draw: Self.stub) }

  private func page(_ study: Study) -> String { String(decoding: files(study)["report.html"] ?? [], as: UTF8.self) }

  /// `study` with nothing but one evaluation on test images.
  private var bare: Study {
    var study = Study(title: "Bare", baseline: nil, evaluations: [ReportFixtures.evaluations[2]], histories: [])
    study.evaluations[0].document.models[0].splits = [ReportFixtures.split("test", 100, [(0, 40), (4, 12)])]
    return study
  }

  @Test func wordsFromOutsideNeverBecomeMarkup() {
    let hostile = "<script>alert('\"&')</script>"
    var study = ReportFixtures.study
    study.title = hostile
    study.labels["cotrain"] = hostile
    study.histories[0].stage.settings.append(.init(name: hostile, value: hostile))
    study.evaluations[0].document.network = hostile
    study.evaluations[0].document.attacks[0].settings.settings["step"] = .string(hostile)
    for model in study.evaluations[0].document.models.indices {
      for split in 0..<2 { study.evaluations[0].document.models[model].splits[split].classNames[0] = hostile }
    }
    let page = page(study)
    #expect(!page.contains("<script"))
    #expect(page.contains("<h1>&lt;script&gt;alert(&#39;&quot;&amp;&#39;)&lt;/script&gt;</h1>"))
    #expect(page.components(separatedBy: "&lt;script&gt;").count > 10)
  }

  @Test func controlCharactersAreReplaced() {
    #expect(Markup.escape("a\u{0}b\u{1B}c\td") == "a\u{FFFD}b\u{FFFD}c\td")
  }

  @Test func thePageNeedsNothingFromOutside() {
    let page = page(ReportFixtures.study)
    for word in ["http://", "https://", "<script", "<link", "@import", "url(", "Markup("] { #expect(!page.contains(word), "\(word)") }
    let sources = page.matches(of: /src="([^"]{0,20})/).map(\.1)
    #expect(sources.count > 20)
    #expect(sources.allSatisfy { $0.hasPrefix("data:image/") })
  }

  @Test func everyLinkLeadsSomewhereAndNoNameIsTwice() {
    let page = page(ReportFixtures.study)
    let names = page.matches(of: /id="([^"]*)"/).map { String($0.1) }
    #expect(Set(names).count == names.count)
    let links = page.matches(of: /href="#([^"]*)"/).map { String($0.1) }
    #expect(links.count == 11)
    #expect(Set(links).isSubset(of: names))
  }

  @Test func theSameInputsGiveTheSameBytes() {
    #expect(files(ReportFixtures.study) == files(ReportFixtures.study))
  }

  @Test func headlinesCompareWithTheBaseline() {
    #expect(
      Summary(study: ReportFixtures.study).headlines.last
        == "On test images attacked with 8/255 (0.0627 on the paper's scale), Fine-tuned, λ = 0 (best weights) is right most often of 5 models: "
        + "19.80\u{A0}% of 1\u{202F}000, 95 % interval 17.4–22.4. Against the baseline Adversarial training (Madry) (14.60\u{A0}%) that is +5.20 points (95 % "
        + "interval +1.9 to +8.5), beyond what the choice of images explains.")
  }

  @Test func classesThatWereSkippedAreAWarning() {
    var study = bare
    for number in 3..<10 { study.evaluations[0].document.models[0].splits[0].points[0].perClass[number] = .init(images: 0, correct: 0) }
    #expect(
      Summary(study: study).warnings == [
        "evaluate-cotrain was evaluated on test images of only 3 of 10 classes: these numbers do not stand for the whole split, and the intervals "
          + "do not allow for that."
      ])
    #expect(page(study).contains("<ul class=\"headlines warnings\">"))
  }

  @Test func anAnswerThatIsAlwaysTheSameIsAWarning() {
    var study = bare
    for number in 0..<10 { study.evaluations[0].document.models[0].splits[0].points[0].perClass[number].correct = number == 2 ? 10 : 0 }
    #expect(
      Summary(study: study).warnings == [
        "evaluate-cotrain is right on every test image of 'bird' and on none of the other classes, as a network is that gives all images the "
          + "same answer. No attack can lower such an accuracy: it is no robustness."
      ])
    #expect(Summary(study: ReportFixtures.study).warnings == [])
    #expect(!page(ReportFixtures.study).contains("headlines warnings"))
  }

  @Test func aSmallRunIsNotComparedWithThePaper() {
    #expect(
      Summary(study: ReportFixtures.study).notes.last?.hasPrefix(
        "These numbers are not comparable with the paper's Table 1: they come from 1\u{202F}000 test images and resnet32 of width 16, while"
      ) == true)
    var large = bare
    large.evaluations[0].document.models[0].splits = [ReportFixtures.split("test", 10_000, [(0, 4000)])]
    #expect(Summary(study: large).notes.last?.hasPrefix("Take care in comparing with the paper's Table 1") == true)
  }

  @Test func theStandardErrorIsThatOfTheFewestImages() {
    #expect(
      Summary(study: bare).notes[2]
        == "With 100 test images the binomial standard error of an accuracy near 50 % is 5.0 points, its 95 % interval about ± 9.8 points: smaller "
        + "differences between single numbers mean little.")
  }

  @Test func missingPartsAreSkippedInWords() {
    let page = page(bare)
    for anchor in ["generalisation", "fine-tuning", "metrics", "samples", "training"] { #expect(!page.contains("id=\"\(anchor)\"")) }
    for anchor in ["summary", "robustness", "classes", "settings", "run-times", "files"] { #expect(page.contains("id=\"\(anchor)\"")) }
    #expect(
      absences(bare) == [
        "Improvements over a baseline: the job file names no baseline for this report.",
        "The gap between training and test images (the paper's Figs. 1 and 8): no evaluation was made on training images.",
        "The effect of fine-tuning (the paper's Fig. 5): it takes an evaluation of a co-training, an evaluation of a fine-tuning that began from the "
          + "same artifact, and that fine-tuning among the histories.",
        "Local Lipschitz values: nothing measured them.",
        "Generated images (the paper's Fig. 6): no co-training with samples is among the histories.",
        "Curves over the epochs: the job file names no histories for this report.",
      ])
  }

  private func absences(_ study: Study) -> [String] {
    ReportContents(study).absences
  }

  @Test func nothingIsMissedInAFullStudy() { #expect(absences(ReportFixtures.study) == []) }

  @Test func oneLossAloneIsSaidToBeAlone() {
    var study = ReportFixtures.study
    study.histories.remove(at: 1)
    #expect(absences(study) == ["A comparison of the two losses (the paper's Fig. 6): only a co-training with the loss 'split' was run."])
  }

  @Test func samplesStandUnderTheirClasses() {
    let markup = SampleSection(study: ReportFixtures.study).words
    #expect(markup.contains("grid-template-columns:repeat(10,1fr)\"><span>airplane</span><span>automobile</span>"))
    #expect(markup.components(separatedBy: "<img").count - 1 == 2 * 6)
    #expect(markup.contains("<b>Co-trained, AC-GAN loss</b>, loss: acgan; epoch 12, the last."))
  }

  @Test func earlierSamplesAreSpreadOverTheTraining() {
    #expect(SampleSection.spread(1...100, 6) == [1, 20, 40, 60, 80, 100])
    #expect(SampleSection.spread(1...3, 6) == [1, 2, 3])
    #expect(SampleSection.spread([Int](), 6) == [])
  }

  @Test func runTimesFillTheirMarkAndNothingElse() {
    let page = page(ReportFixtures.study)
    let row = RunTimes.Row(stage: "co<train", started: "2026-05-12 03:10 UTC", took: "6 h 31 min", place: "node07, 16 threads")
    let filled = RunTimes(rows: [row]).filled(into: page)
    #expect(
      filled.contains("<th scope=\"row\">co&lt;train</th><td>2026-05-12 03:10 UTC</td><td>6 h 31 min</td><td>node07, 16 threads</td>"))
    #expect(!filled.contains("not part of the artifact, whose bytes"))
    #expect(
      filled.replacing(/<!-- run-times: begin -->.*<!-- run-times: end -->/.dotMatchesNewlines(), with: "")
        == page.replacing(RunTimes.mark.html, with: ""))
    #expect(RunTimes(rows: [row]).filled(into: "no mark") == "no mark")
  }

  @Test func theDocumentForProgramsHoldsTheNumbers() {
    let json = JSON(encoding: ReportDocument(ReportContents(ReportFixtures.study)))
    #expect(json["document"]?.text == "advgan-job report" && json["format"]?.whole == 1)
    #expect(json["baseline"]?.text == "evaluate-madry")
    #expect(json["stages"]?.elements?.count == 10)
    #expect(json["histories"]?["cotrain"]?.elements?.first?["fooled_rate"]?.real == 0.39)
    let table = json["tables"]?["accuracy-test"]
    #expect(table?["columns"]?.elements?.first?.text == "model")
    #expect(table?["rows"]?.elements?.first?.elements?[9].real == 0.642)
    #expect(table?["rows"]?.elements?[8].elements?.last == .null)
  }

  @Test func everyTableAndFigureIsAFile() {
    let names = Set(files(ReportFixtures.study).keys)
    #expect(names.isSuperset(of: ["report.html", "report.json", "tables/accuracy-test.csv", "tables/gap.csv", "figures/accuracy-gap.svg"]))
    #expect(names.contains("figures/lipschitz-finetune@lambda=0.5.svg"))
    #expect(names.count == 2 + 11 + ReportContents(ReportFixtures.study).plots.count)
  }
}
