import IO
import Testing

@testable import Jobs

private protocol Shape: Choice {
  var area: Double { get }
}

private struct Disc: Shape {
  static let name = "disc"
  static let summary = "a disc"
  let radius: Double
  init(_ settings: inout SettingsReader) throws { radius = try settings.number("radius", default: 1, in: 0...10, "its radius") }
  var area: Double { 3 * radius * radius }
}

private struct Box: Shape {
  static let name = "box"
  static let summary = "a box"
  let width: Int, height: Int
  init(_ settings: inout SettingsReader) throws {
    width = try settings.integer("width", default: 2, in: 1...100, "from left to right")
    height = try settings.integer("height", default: width, in: 1...100, "from bottom to top")
  }
  var area: Double { Double(width * height) }
}

/// A choice that offers itself.
private struct Pile: Shape {
  static let name = "pile"
  static let summary = "shapes on top of each other"
  let shapes: [any Shape]
  init(_ settings: inout SettingsReader) throws {
    shapes = try settings.chooseList("shapes", from: shapeKinds, default: [Disc.self], "the shapes")
  }
  var area: Double { shapes.map(\.area).max() ?? 0 }
}

private let shapeKinds: [any Shape.Type] = [Disc.self, Box.self, Pile.self]

private struct Half: SettingValue, Equatable {
  static let notation = "a half such as 3/2"
  static let example = Half(parsing: "1/2")!
  let halves: Int
  init?(parsing text: String) {
    guard text.hasSuffix("/2"), let halves = Int(text.dropLast(2)) else { return nil }
    self.halves = halves
  }
  var text: String { "\(halves)/2" }
}

private enum Colour: String, CaseIterable {
  case red, green
}

/// Choices read themselves: a word, a mapping with `kind`, or nothing where there is a default.
@Suite struct SettingsChoiceTests {
  private func reader(_ text: String) throws -> SettingsReader {
    let source = SourceText(file: "job.yaml", text: text)
    return try SettingsReader(YAML.parse(source), owner: "stage 's'", in: source)
  }

  private func chosen(_ text: String, defaults: [String: JSON] = [:]) throws -> (area: Double, resolved: String) {
    var settings = try reader(text)
    let shape: any Shape = try settings.choose("shape", from: shapeKinds, default: Box.self, defaults: defaults)
    try settings.finish()
    return (shape.area, settings.resolved.canonical)
  }

  @Test(arguments: [
    "{}", "shape:", "shape: {}", "shape: box", "shape: {kind: box}", "shape: {height: 2, kind: box, width: 2}", "shape: {width: 2}",
  ])
  func defaultsSpeltOutAreTheSameChoice(text: String) throws {
    #expect(try chosen(text) == (4, #"{"shape":{"height":2,"kind":"box","width":2}}"#))
  }

  @Test func aWordIsShortForItsKind() throws {
    #expect(try chosen("shape: disc") == chosen("shape: {kind: disc}"))
    #expect(try chosen("shape: {kind: disc, radius: 2}") == (12, #"{"shape":{"kind":"disc","radius":2}}"#))
  }

  @Test func defaultsOfTheContextHoldInsteadOfTheKindsOwn() throws {
    let defaults: [String: JSON] = ["width": 5, "radius": 0.5, "nothing": "of these"]
    #expect(try chosen("{}", defaults: defaults).area == 25)
    #expect(try chosen("shape: {width: 3}", defaults: defaults).area == 9)
    #expect(try chosen("shape: disc", defaults: defaults).area == 0.75)
  }

  @Test func aRecordedChoiceReadsBack() throws {
    var settings = SettingsReader(resolved: try JSON(parsing: Array(chosen("shape: {kind: disc, radius: 2}").resolved.utf8)), of: "a.tar")
    let shape: any Shape = try settings.choose("shape", from: shapeKinds)
    #expect(shape.area == 12)
  }

  @Test func listedChoices() throws {
    var settings = try reader("{c: [disc, {kind: pile, shapes: [box]}]}")
    let c: [any Shape] = try settings.chooseList("c", from: shapeKinds)
    let d: [any Shape] = try settings.chooseList("d", from: shapeKinds, default: [Box.self, Disc.self])
    try settings.finish()
    #expect(c.map(\.area) == [3, 4] && d.map(\.area) == [4, 3])
    #expect(settings.resolved["d"]?.canonical == #"[{"height":2,"kind":"box","width":2},{"kind":"disc","radius":1}]"#)
  }

  static let slips: [(String, String)] = [
    ("shape: bx", "job.yaml:1:8: error: 'shape' in stage 's' must be one of disc, box, pile, but is 'bx' (did you mean 'box'?)"),
    (
      "shape: {kind: dics}",
      "job.yaml:1:15: error: 'kind' in 'shape' of stage 's' must be one of disc, box, pile, but is 'dics' (did you mean 'disc'?)"
    ),
    ("shape: [box]", "job.yaml:1:8: error: 'shape' in stage 's' must be one of disc, box, pile, but is a list"),
    ("shape: {kind: box, radius: 1}", "job.yaml:1:20: error: unknown key 'radius' in 'shape' of stage 's' (known: kind, width, height)"),
    (
      "shape: {kind: disc, radius: 11}", "job.yaml:1:29: error: 'radius' in 'shape' of stage 's' must be a number from 0 to 10, but is '11'"
    ),
    (
      "shape: {kind: pile, shapes: box}",
      "job.yaml:1:29: error: 'shapes' in 'shape' of stage 's' must be a list, each element one of disc, box, pile, but is 'box'"
    ),
    (
      "shape: {kind: pile, shapes: [{radius: 1}]}",
      "job.yaml:1:30: error: element 1 of 'shapes' of 'shape' of stage 's' lacks 'kind': give one of disc, box, pile"
    ),
  ]

  @Test(arguments: slips)
  func slipsArePointedAt(text: String, sentence: String) throws {
    #expect { try chosen(text) } throws: { "\($0)".split(separator: "\n")[0] == sentence }
  }

  @Test func aChoiceWithoutADefaultMustBeMade() throws {
    for text in ["{}", "{shape: }"] {
      var settings = try reader(text)
      #expect {
        let _: any Shape = try settings.choose("shape", from: shapeKinds)
      } throws: {
        "\($0)".contains("stage 's' lacks 'shape': give one of disc, box, pile")
      }
    }
  }

  @Test func valuesReadTheirOwnNotation() throws {
    var settings = try reader("{a: 3/2, l: [1/2, 5/2]}")
    #expect(try settings.value("a") == Half(parsing: "3/2"))
    #expect(try settings.value("b", default: Half.example) == Half.example)
    #expect(try settings.values("l") == [Half(parsing: "1/2"), Half(parsing: "5/2")])
    #expect(settings.resolved.canonical == #"{"a":"3/2","b":"1/2","l":["1/2","5/2"]}"#)
    var wrong = try reader("a: 3/4")
    #expect { let _: Half = try wrong.value("a") } throws: { "\($0)".contains("'a' in stage 's' must be a half such as 3/2, but is '3/4'") }
  }

  @Test func wordsOfAnEnumeration() throws {
    var settings = try reader("{a: green}")
    #expect(try settings.choice("a") == Colour.green && settings.choice("b", default: Colour.red) == .red)
    #expect(settings.resolved.canonical == #"{"a":"green","b":"red"}"#)
  }

  @Test func whatDoesNotEnterTheFingerprintIsNotRecorded() throws {
    var settings = try reader("{checksum: abc}")
    #expect(try settings.optionalText("checksum", entersFingerprint: false) == "abc")
    #expect(settings.resolved == .object([:]))
  }
}

/// A stage of many settings, for descriptions.
private struct Show: Stage {
  static let name = "show"
  static let summary = "shows"
  static let version = 1
  static let roles: [InputRole] = []

  init(_ settings: inout SettingsReader) throws {
    let isOld = try settings.choice("preset", of: ["new", "old"], default: "new", "which way") == "old"
    _ = try settings.integer("epochs", default: isOld ? 200 : 100, in: 1...1000, "passes")
    _ = try settings.text("title", "the heading")
    _ = try settings.optionalNumber("rate", "how fast")
    _ = try settings.optionalText("checksum", entersFingerprint: false, "of the archive")
    let _: any Shape = try settings.choose("shape", from: shapeKinds, default: Disc.self, defaults: isOld ? ["radius": 3] : [:], "its form")
    try settings.section("paint", "the colour") { paint in
      guard try paint.choice("kind", of: ["plain", "mixed"], default: "plain", "how") == "mixed" else { return }
      _ = try paint.integer("parts", default: 3, "how many")
    }
    throw settings.error("checks may fail")
  }

  func run(_ workspace: Workspace) throws {}
}

/// A choice whose own settings have a choice among them.
private struct Framed: Choice {
  static let name = "framed"
  static let summary = "a shape in a frame"
  let shape: any Shape

  init(_ settings: inout SettingsReader) throws {
    shape = try settings.choose("shape", from: shapeKinds, default: Disc.self, "its form")
  }
}

@Suite struct NestedChoiceTests {
  private func resolved(_ given: [String: JSON]) throws -> JSON? {
    var reader = SettingsReader(given, owner: "the test")
    let _: Framed = try reader.choose("picture", from: [Framed.self], default: Framed.self, defaults: ["shape": "box"])
    return reader.resolved["picture"]?["shape"]?["kind"]
  }

  @Test func aDefaultOfTheOuterChoiceHoldsForTheInnerOne() throws {
    #expect(try resolved([:]) == "box")
    #expect(try resolved(["picture": "framed"]) == "box")
    #expect(try resolved(["picture": .object(["shape": "disc"])]) == "disc")
  }

  @Test func settingsWithoutAFileAreReadAsStrictly() throws {
    #expect(throws: JobFileError.self) { try resolved(["picture": .object(["shap": "disc"])]) }
    do {
      _ = try resolved(["picture": .object(["shape": "dics"])])
    } catch let error as JobFileError {
      #expect(error.description.hasPrefix("the test: error: 'shape' in 'picture' of the test must be one of "))
    }
  }
}

@Suite struct SettingsDescriptionTests {
  private let settings = [Setting](of: Show.self)

  private func setting(_ path: String...) throws -> Setting {
    var found = settings
    for key in path.dropLast() {
      let setting = found.first { $0.key == key }
      found = setting.map { $0.settings + $0.kinds.flatMap(\.settings) } ?? []
    }
    return try #require(found.first { $0.key == path.last })
  }

  @Test func everySettingIsListedInTheOrderOfReading() {
    #expect(settings.map(\.key) == ["preset", "epochs", "title", "rate", "checksum", "shape", "paint"])
  }

  @Test func aSettingHasTypeRangeDefaultAndMeaning() throws {
    let epochs = try setting("epochs")
    #expect(epochs.type == "a whole number" && epochs.range == " from 1 to 1000" && epochs.default == 100 && epochs.meaning == "passes")
    #expect(try setting("title").isRequired && !setting("rate").isRequired && !epochs.isRequired)
    #expect(try !setting("checksum").entersFingerprint && epochs.entersFingerprint)
  }

  @Test func aDefaultThatDependsOnAnotherSettingIsShownWithIt() throws {
    #expect(try setting("epochs").defaults == ["preset: old": 200])
    #expect(try setting("shape", "radius").default == 1)
    #expect(try setting("shape", "radius").defaults == ["preset: old": 3])
  }

  @Test func aSettingThatIsReadOnlyWithAnotherSaysSo() throws {
    #expect(try setting("paint", "parts").onlyWith == ["paint.kind: mixed"])
    #expect(try setting("paint", "parts").default == 3)
    #expect(try setting("epochs").onlyWith == [])
  }

  @Test func aChoiceListsItsAlternativesAndTheirs() throws {
    let shape = try setting("shape")
    #expect(shape.default == "disc" && shape.kinds.map(\.name) == ["disc", "box", "pile"])
    #expect(shape.kinds[1].summary == "a box" && shape.kinds[1].settings.map(\.key) == ["width", "height"])
    #expect(shape.kinds[2].settings[0].kinds.map(\.name) == ["disc", "box"])
  }

  @Test func aDescriptionIsADocument() {
    let text = JSON(encoding: settings).pretty
    #expect(text.contains(#""enters_fingerprint": false"#) && text.contains(#""minimum": 1"#))
  }
}
