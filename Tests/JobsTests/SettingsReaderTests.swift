import IO
import Testing

@testable import Jobs

@Suite struct SettingsReaderTests {
  /// A reader over `text`, a YAML mapping.
  func reader(_ text: String) throws -> SettingsReader {
    let source = SourceText(file: "job.yaml", text: text)
    return try SettingsReader(YAML.parse(source), owner: "stage 's'", in: source)
  }

  @Test func aDefaultIsSpelledAsIfItHadBeenGiven() throws {
    var given = try reader("{n: 1.0, i: 3, f: true, t: x, l: [1, 2.5]}")
    var absent = try reader("{}")
    func read(_ settings: inout SettingsReader) throws {
      _ = try settings.number("n", default: 1)
      _ = try settings.integer("i", default: 3)
      _ = try settings.flag("f", default: true)
      _ = try settings.text("t", default: "x")
      _ = try settings.numbers("l", default: [1, 2.5])
      try settings.finish()
    }
    try read(&given)
    try read(&absent)
    #expect(given.resolved.canonical == absent.resolved.canonical)
    #expect(given.resolved.canonical == #"{"f":true,"i":3,"l":[1,2.5],"n":1,"t":"x"}"#)
  }

  /// `~/data` would be a folder called `~`, and a NUL would cut the path short.
  @Test(arguments: ["\"x\\0y\"", "~/data", "'~'"]) func pathsThatMeanAnotherFileAreRefused(_ text: String) throws {
    var settings = try reader("{archive: \(text), other: \(text)}")
    #expect(throws: JobFileError.self) { try settings.path("archive") }
    #expect(throws: JobFileError.self) { try settings.optionalPath("other") }
    for fine in ["x~", "a/~/b", "~x"] {
      var settings = try reader("{archive: \(fine)}")
      #expect(try settings.path("archive") == FilePath(fine))
    }
  }

  @Test func optionalSettingsThatAreAbsentLeaveNoTrace() throws {
    var settings = try reader("{a: null, b: ~}")
    #expect(try settings.optionalInteger("a") == nil)
    #expect(try settings.optionalText("b") == nil)
    #expect(try settings.optionalNumber("c") == nil)
    #expect(try settings.optionalNumber("d") == nil)
    #expect(try settings.optionalChoice("e", of: ["x"]) == nil)
    #expect(try settings.optionalSection("f") { _ in 1 } == nil)
    try settings.finish()
    #expect(settings.resolved == .object([:]))
  }

  @Test func pathsAreNotRemembered() throws {
    var settings = try reader("{archive: data/x.tar}")
    #expect(try settings.path("archive") == "data/x.tar")
    #expect(try settings.path("other", default: "y") == "y")
    #expect(settings.resolved == .object([:]))
  }

  @Test func anUnknownKeyInASectionIsAMistake() throws {
    var settings = try reader("attack: {stpes: 3}")
    #expect {
      try settings.section("attack") { try $0.integer("steps", default: 5) }
    } throws: {
      "\($0)" == """
        job.yaml:1:10: error: unknown key 'stpes' in 'attack' of stage 's' (did you mean 'steps'?)
            1 | attack: {stpes: 3}
              |          ^~~~~
        """
    }
  }

  @Test func anAbsentSectionHasItsDefaults() throws {
    for text in ["{}", "attack:", "attack: {steps: 5}"] {
      var settings = try reader(text)
      #expect(try settings.section("attack") { try $0.integer("steps", default: 5) } == 5)
      try settings.finish()
      #expect(settings.resolved.canonical == #"{"attack":{"steps":5}}"#)
    }
  }

  @Test func listsOfSectionsKeepTheirOrder() throws {
    var settings = try reader("attacks: [{steps: 2}, {}]")
    #expect(try settings.sections("attacks") { try $0.integer("steps", default: 5) } == [2, 5])
    #expect(settings.resolved.canonical == #"{"attacks":[{"steps":2},{"steps":5}]}"#)
    var none = try reader("{}")
    #expect(try none.sections("attacks") { try $0.integer("steps") } == [])
  }

  @Test func settingsOfAnArtifactCanBeReadAgainInPart() throws {
    var first = try reader("{network: resnet32, width: 64, attack: {steps: 8}, rate: 0.5}")
    _ = try (first.text("network"), first.integer("width"), first.section("attack") { try $0.integer("steps") }, first.number("rate"))
    let kept = try JSON(parsing: Array(first.resolved.pretty.utf8))
    var again = SettingsReader(resolved: kept, of: "cotrain.tar")
    #expect(try again.text("network") == "resnet32")
    #expect(try again.section("attack") { try $0.integer("steps") } == 8)
    #expect(try again.path("archive") == "")
    try again.finish()
    #expect { try again.integer("depth") } throws: {
      "\($0)" == "cotrain.tar: error: the settings of cotrain.tar lacks 'depth': give a whole number"
    }
  }

  @Test func aChoiceSuggests() throws {
    var settings = try reader("loss: splt")
    #expect { try settings.choice("loss", of: ["split", "joint"]) } throws: {
      "\($0)".contains("'loss' in stage 's' must be one of split, joint, but is 'splt' (did you mean 'split'?)")
    }
  }

  static let slips: [([String], String, String?)] = [
    (["steps"], "step", "steps"), (["width", "weight"], "widht", "width"), (["attack"], "x", nil), (["lambda"], "LAMBDA", "lambda"),
    (["a", "b"], "c", nil), (["lr", "x"], "lt", "lr"), (["epochs"], "epoch_count", nil),
  ]

  @Test(arguments: slips)
  func theNearestWordIsSuggested(known: [String], word: String, nearest: String?) {
    #expect(Suggestion.nearest(to: word, among: known) == nearest)
  }

  /// Foundation's decoder takes time with the third power of the depth; a manifest of 19 kB took half a minute.
  @Test func jsonOfManyLevelsIsNotRead() throws {
    func nested(_ levels: Int) -> [UInt8] { Array((String(repeating: "[", count: levels) + String(repeating: "]", count: levels)).utf8) }
    #expect(try JSON(parsing: nested(64)).elements?.count == 1)
    #expect(throws: DecodingError.self) { try JSON(parsing: nested(65)) }
    // What stands in texts does not count.
    let text = String(repeating: "[{", count: 200) + "\\\"["
    #expect(try JSON(parsing: Array("{\"a\": \"\(text)\"}".utf8))["a"]?.text?.count == 402)
  }

  @Test func canonicalJSONReadsBackToItself() throws {
    let value = JSON.object([
      "é": .string("a\"\\\n\t\u{1}"),
      "b": .array([.null, .bool(false), .integer(-3), .real(0.1), .real(1e300), .real(.leastNonzeroMagnitude)]), "a": .object([:]),
    ])
    #expect(value.canonical.hasPrefix(#"{"a":{},"b":[null,false,-3,0.1,1e+300,5e-324],"é":"a\"\\\n\u0009\u0001"}"#))
    #expect(try JSON(parsing: Array(value.canonical.utf8)) == value)
    #expect(try JSON(parsing: Array(value.pretty.utf8)) == value)
    #expect(JSON.real(-0.0).canonical == "0" && JSON.real(3).canonical == "3")
  }
}
