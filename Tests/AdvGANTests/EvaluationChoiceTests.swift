import IO
import Jobs
import NN
import Testing

@testable import AdvGAN

/// Measurements of chosen classes alone.
@Suite struct EvaluationChoiceTests {
  static func plan(_ classes: [String]? = nil, limit: Int? = nil) throws -> EvaluationPlan {
    EvaluationPlan(
      splits: [.test], limit: limit, attacks: [try AttackChoice(["kind": "pgd", "steps": 1], option: "attack")],
      epsilons: [0, 0.1].map(Epsilon.init), batch: 3, classes: classes)
  }

  private func record(_ plan: EvaluationPlan, _ dataset: Dataset = squares(32, count: 10)) throws -> JSON {
    let (_, model) = try LongRunScene.classifier(CPUBackend(threads: 1))
    let run = try Driver().finish(stoppingAt: [2]) { try EvaluationRun(plan, dataset, [("best", model)]) }
    return JSON(encoding: try run.document(network: "resnet32", width: 1))
  }

  private func split(_ record: JSON) -> JSON? { record["models"]?.elements?[0]["splits"]?.elements?[0] }

  @Test func onlyImagesOfTheClassesAreMeasured() throws {
    let (all, chosen) = (try record(try Self.plan()), try record(try Self.plan(["n02"])))
    #expect(all["classes"] == nil && chosen["classes"] == .array(["n02 bee"]))
    let images = { (record: JSON) in self.split(record)?["points"]?.elements?[0]["per_class"]?.elements?.map { $0["images"]?.whole } }
    #expect(images(all) == [5, 5] && images(chosen) == [0, 5])
    #expect(split(chosen)?["images"]?.whole == 5 && split(chosen)?["images_in_split"]?.whole == 10)
    // Without an attack an image is right or wrong whatever is measured beside it.
    let right = { (record: JSON) in self.split(record)?["points"]?.elements?[0]["per_class"]?.elements?[1] }
    #expect(right(chosen) == right(all))
  }

  @Test func theLimitCountsImagesOfTheClasses() throws {
    let record = try record(try Self.plan(["n02 bee"], limit: 4))
    #expect(split(record)?["images"]?.whole == 4)
    #expect(split(record)?["points"]?.elements?[1]["per_class"]?.elements?.map { $0["images"]?.whole } == [0, 4])
  }

  @Test func theRecordNamesClassesInOrderOfTheirLabels() throws {
    #expect(try record(try Self.plan(["n02", "n01 ant"]))["classes"] == .array(["n01 ant", "n02 bee"]))
  }

  @Test func everythingChosenIsMeasuredAsWithoutAChoice() throws {
    let (all, chosen) = (try record(try Self.plan()), try record(try Self.plan(["n01", "n02"])))
    #expect(all["models"] == chosen["models"])
  }

  @Test func aSplitWithoutTheClassesIsRefused() {
    let lone = ImageSet(height: 32, width: 32, pixels: image(1, width: 32, height: 32).rgb, labels: [0])
    let dataset = Dataset(classes: ["n01 ant", "n02 bee"], splits: [.test: lone])
    #expect(message { try record(try Self.plan(["n02"]), dataset) } == "the split 'test' has no images of the classes under 'classes'")
  }

  @Test(arguments: [
    (["n01 ant", "n02"], [0, 1]), (["n02"], [1]), (["n03 wasp, common", "n01"], [2, 0]), (["hive"], [4]),
  ])
  func classesAreNamedInFullOrByTheirFirstWord(_ names: [String], _ labels: [Int]) throws {
    #expect(try choice.labels(names) == labels)
  }

  @Test(arguments: [
    (["n04"], "'classes' names 'n04', which is no class of the data set (did you mean 'n01'?)"),
    (["bee"], "(did you mean 'n02 bee'?)"), (["N01 ANT"], "(did you mean 'n01 ant'?)"),
    (["n01", "n01 ant"], "'classes' names the class 'n01 ant' twice"),
    (["hive "], "did you mean"), ([""], "'classes' names '', which is no class of the data set"),
    (["tiger"], "'classes' names 'tiger', with which 2 classes begin: write the whole name, such as 'tiger cat'"),
  ])
  func refuses(_ names: [String], _ words: String) {
    let found = message { try choice.labels(names) }
    #expect(found.contains(words), "\(found)")
  }

  private let choice = ClassChoice(
    of: ["n01 ant", "n02 bee", "n03 wasp, common", "tiger cat", "hive", "tiger shark"], setting: "classes")

  /// The two columns of a training's last grid: 32 pixels, two between them.
  private func grid(_ more: [String: JSON]) throws -> [Image] {
    let settings = try LongRunScene.coTraining(more.merging(["epochs": 1]) { $1 })
    var run = try CoTrainingRun(settings, squares(32, count: 4), on: CPUBackend(threads: 1))
    while run.done < run.total { try run.advance() }
    let grid = try PNG.decode(#require(run.method.grids["samples/epoch-0001.png"]), from: "grid")
    return [0, 34].map { grid.cropped(to: ImageBox(x: $0, y: 0, width: 32, height: grid.height)) }
  }

  @Test func theGridsOfATrainingShowTheChosenClasses() throws {
    func labels(_ more: [String: JSON]) throws -> [Int] {
      try CoTrainingRun(LongRunScene.coTraining(more), squares(32, count: 4), on: CPUBackend(threads: 1)).method.sampledClasses
    }
    #expect(try labels([:]) == [0, 1])
    #expect(try labels(["sample_classes": .array(["n02"])]) == [1])
    let columns = try [[:], ["sample_classes": .array(["n02", "n01"])]].map { try grid($0) }
    #expect(columns[0] == columns[1].reversed() && columns[0][0] != columns[0][1])
    #expect(message { try labels(["sample_classes": .array(["n03"])]) }.hasPrefix("'sample_classes' names 'n03', which is no class"))
    #expect(message { try labels(["sample_classes": .array([])]) }.contains("'sample_classes' takes 1 to 20 classes"))
  }
}
