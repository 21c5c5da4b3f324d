import Foundation
import IO
import Jobs
import Testing

@testable import AdvGAN

/// Files of earlier stages: read, or refused in a sentence that says where and why.
@Suite struct ReportReadingTests {
  let artifact: FilePath = "evaluate.tar"

  private var evaluation: JSON {
    get throws { try JSON(parsing: Array(JSONEncoder().encode(ReportFixtures.evaluations[1].document))) }
  }

  /// The error that reading the text gives; records an issue when it gives none.
  private func refusal(_ text: String) -> FileError? {
    #expect(throws: FileError.self) { try EvaluationDocument.read(Array(text.utf8), from: artifact) }
  }

  @Test func readsWhatIsWritten() throws {
    #expect(try EvaluationDocument.read(Array(evaluation.canonical.utf8), from: artifact) == ReportFixtures.evaluations[1].document)
  }

  @Test func aMetricWithoutAMeanIsRead() throws {
    let text = try evaluation.canonical.replacing(/"mean":[^,}]*,/, with: "")
    let document = try EvaluationDocument.read(Array(text.utf8), from: artifact)
    #expect(document.models.allSatisfy { $0.splits.allSatisfy { $0.metrics.count == 1 && $0.mean(of: "lipschitz") == nil } })
  }

  @Test func severalAttacksAreReadAndChecked() throws {
    var document = ReportFixtures.evaluations[1].document
    document.attacks.append(.init(name: "pgd-2", settings: ReportFixtures.attack))
    let counts = [EvaluationDocument.AttackCount(attack: "pgd", correct: 147, accuracy: 0.147), .init(attack: "pgd-2", correct: 150, accuracy: 0.15)]
    document.models[0].splits[1].points[3].byAttack = counts
    #expect(try EvaluationDocument.read(document.encoded, from: artifact) == document)
    for wrong in [[counts[0]], [counts[1], counts[0]], [counts[0], .init(attack: "pgd-2", correct: 145, accuracy: 0.145)]] {
      document.models[0].splits[1].points[3].byAttack = wrong
      let error = #expect(throws: FileError.self) { try EvaluationDocument.read(document.encoded, from: artifact) }
      #expect(error?.place?.contains("models[0].splits[1].points[3].by_attack") == true)
    }
  }

  @Test(arguments: ["format", "network", "width", "attacks", "models"])
  func namesAMissingMember(key: String) throws {
    var members = try #require(evaluation.members)
    members[key] = nil
    let error = refusal(JSON.object(members).canonical)
    #expect(
      error?.description
        == "evaluate.tar, member 'evaluation.json', '\(key)': is damaged; expected a value, found nothing; run the evaluate stage again")
  }

  @Test func namesThePlaceOfAWrongType() throws {
    let text = try evaluation.canonical.replacing("\"correct\":385,", with: "\"correct\":\"many\",")
    #expect(
      refusal(text)?.description
        == "evaluate.tar, member 'evaluation.json', 'models[0].splits[1].points[0].correct': is damaged; expected a whole number, found the text "
        + "'many'; run the evaluate stage again")
  }

  @Test func refusesAnotherFormat() throws {
    var members = try #require(evaluation.members)
    members["format"] = .integer(2)
    #expect(
      refusal(JSON.object(members).canonical)
        == FileError(
          .unsupported, artifact, at: "member 'evaluation.json', 'format'", expected: "1", found: "2",
          advice: "use the program that made the file"))
  }

  @Test(arguments: [
    ("\"correct\":385,", "\"correct\":1385,", "correct"), ("\"accuracy\":0.385,", "\"accuracy\":0.485,", "accuracy"),
    ("\"correct\":385,", "\"correct\":-1,", "correct"), ("\"images\":1000,\"images_in", "\"images\":0,\"images_in", "images"),
    ("\"images_in_split\":1000", "\"images_in_split\":999", "images"), ("\"weights\":\"last\"", "\"weights\":\"best\"", "models"),
    ("\"split\":\"train\"", "\"split\":\"test\"", "splits"), ("\"class_names\":[\"airplane\",", "\"class_names\":[", "per_class"),
    ("{\"correct\":39,\"images\":100}", "{\"correct\":40,\"images\":100}", "per_class"),
    ("{\"correct\":39,\"images\":100}", "{\"correct\":39,\"images\":9}", "per_class"),
    ("\"key\":\"lipschitz\"", "\"key\":7", "metrics"), ("\"name\":\"pgd\"", "\"name\":null", "attacks"),
    ("\"epsilon\":0,", "\"epsilon\":0.9,", "epsilon"), ("\"epsilon\":0,", "\"epsilon\":-1,", "epsilon"),
  ])
  func refusesCountsThatContradictEachOther(old: String, new: String, place: String) throws {
    let text = try evaluation.canonical
    try #require(text.contains(old))
    let error = refusal(text.replacing(old, with: new))
    #expect(error?.kind == .damaged)
    #expect(error?.place?.contains(place) == true, "\(error?.description ?? "")")
  }

  @Test func noPrefixOfAFileIsTakenForOne() throws {
    let bytes = Array(try evaluation.canonical.utf8)
    for length in stride(from: 0, to: bytes.count, by: 7) {
      let prefix = Array(bytes[..<length])
      #expect(throws: FileError.self) { try EvaluationDocument.read(prefix, from: artifact) }
    }
  }

  static let quantities = Array(
    """
    {"format": 1, "quantities": [{"key": "lipschitz_train", "title": "local Lipschitz value, training images"},
      {"key": "lipschitz_test", "title": "local Lipschitz value, test images"}]}
    """.utf8)

  @Test func metricsAreReadAsTheyWereWritten() throws {
    let history = ReportFixtures.histories[2].history
    let (lines, titles) = (try #require(history.files["metrics.jsonl"]), try #require(history.files["quantities.json"]))
    #expect(try TrainingHistory.read(lines, quantities: titles, from: "t.tar", madeBy: "finetune") == history)
  }

  @Test func metricsKeepWhatIsThereAndMissWhatIsNot() throws {
    let text =
      "{\"epoch\":1,\"step\":62,\"loss_real\":1.5,\"best\":true,\"unknown\":3}\n\n{\"epoch\":3,\"step\":124,\"fooled_rate\":0.25}\n"
    let history = try TrainingHistory.read(Array(text.utf8), quantities: Self.quantities, from: "t.tar", madeBy: "cotrain")
    #expect(history.epochs.map(\.epoch) == [1, 3])
    #expect(history.epochs[0] == .init(epoch: 1, step: 62, values: ["loss_real": 1.5, "unknown": 3], best: true))
    #expect(history.curve("fooled_rate").map(\.x) == [3])
    #expect(history.curve("loss_generator").isEmpty && history.quantities == ReportFixtures.watched)
  }

  @Test(arguments: [
    ("{\"epoch\":1,\"step\":1}\n{\"step\":2}\n", "line 2, 'epoch'", "a value", "nothing"),
    ("{\"epoch\":1,\"step\":1}\n{\"epoch\":1,\"step\":2}\n", "line 2, 'epoch'", "more than 1", "1"),
    ("{\"epoch\":1,\"step\":1,\"loss_real\":\"low\"}", "line 1, 'loss_real'", "a number", "the text 'low'"),
    ("[]\n", "line 1", "an object", "a list"),
    ("{\"epoch\":9223372036854775807,\"step\":1}\n", "line 1, 'epoch'", "a number from 0 to 1000000000000", "9223372036854775807"),
    ("{\"epoch\":1,\"step\":-1}\n", "line 1, 'step'", "a number from 0 to 1000000000000", "-1"),
  ])
  func metricsNameTheLine(text: String, place: String, expected: String, found: String) {
    let wanted = FileError(
      .damaged, "t.tar", at: "member 'metrics.jsonl', " + place, expected: expected, found: found, advice: "run the cotrain stage again")
    #expect(throws: wanted) { try TrainingHistory.read(Array(text.utf8), quantities: Self.quantities, from: "t.tar", madeBy: "cotrain") }
  }

  @Test(arguments: [(2.0 / 3, 0.666667), (-123_456_789, -123_457_000), (1e-308, 0), (-5e-324, 0), (0, 0), (0.1234567, 0.123457)] as [(Double, Double)])
  func valuesAreKeptWithSixDigits(value: Double, kept: Double) throws {
    var history = TrainingHistory()
    history.add(.init(epoch: 1, step: 1, values: ["loss_real": value]), [])
    #expect(history.epochs[0].values == ["loss_real": kept])
  }

  @Test func anEmptyHistoryIsNoError() throws {
    #expect(try TrainingHistory.read([], quantities: Self.quantities, from: "t.tar", madeBy: "cotrain").epochs.isEmpty)
  }

  @Test(arguments: [
    ("{\"kind\":\"pgd\",\"norm\":\"linf\",\"epsilon\":\"8/255\"}", "PGD at 8/255"), ("{\"kind\":\"fgsm\",\"norm\":\"linf\"}", "FGSM"), ("null", "clean"),
  ])
  func selectionTellsItsAttack(attack: String, words: String) throws {
    let text =
      "{\"format\":1,\"ended_early\":false,\"best_epoch\":7,\"last_epoch\":12,\"validation_accuracy_best\":0.31,\"validation_accuracy_last\":0.3,\"validation_images\":500,"
      + "\"validation_attack\":\(attack)}"
    #expect(try SelectionDocument.read(Array(text.utf8), from: "t.tar").validationWords == words)
  }

  @Test func selectionIsReadAndChecked() throws {
    let text =
      "{\"format\":1,\"ended_early\":false,\"best_epoch\":7,\"last_epoch\":12,\"validation_accuracy_best\":0.31,\"validation_accuracy_last\":0.3,\"validation_images\":500,"
      + "\"validation_attack\":{}}"
    let selection = try SelectionDocument.read(Array(text.utf8), from: "t.tar")
    #expect(selection.bestEpoch == 7 && selection.validationAccuracyLast == 0.3 && selection.endedEarly == false)
    for (old, new, place) in [("0.31", "31", "validation_accuracy_best"), (":7", ":13", "best_epoch"), ("500", "-1", "validation_images")] {
      let wrong = Array(text.replacing(old, with: new).utf8)
      let error = #expect(throws: FileError.self) { try SelectionDocument.read(wrong, from: "t.tar") }
      #expect(error?.place == "member 'selection.json', '\(place)'")
    }
  }
}
